import { createRouter, createWebHistory } from 'vue-router'

import { maintain } from '@/pages/maintain/routes'
import HomePage from '@/pages/HomePage.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: HomePage },
    { path: '/chat', name: 'chat', component: () => import('@/pages/ChatPage.vue') },
    { path: '/search', name: 'search', component: () => import('@/pages/SearchPage.vue') },
    { path: '/browse', name: 'browse', component: () => import('@/pages/BrowsePage.vue') },
    { path: '/items/:id', name: 'item', component: () => import('@/pages/ItemPage.vue'), props: true },
    { path: '/bundles/:id', name: 'bundle', component: () => import('@/pages/BundlePage.vue'), props: true },
    { path: '/faqs/:id', name: 'faq', component: () => import('@/pages/FaqPage.vue'), props: true },
    { path: '/policies/:id', name: 'policy', component: () => import('@/pages/PolicyPage.vue'), props: true },
    { path: '/materials/:id', name: 'material', component: () => import('@/pages/MaterialPage.vue'), props: true },
    { path: '/places/:id', name: 'place', component: () => import('@/pages/PlacePage.vue'), props: true },
    { path: '/benefits', name: 'benefits', component: () => import('@/pages/BenefitsPage.vue') },
    { path: '/rehearsals', name: 'rehearsals', component: () => import('@/pages/RehearsalsPage.vue') },
    { path: '/rehearsals/:id', name: 'rehearsal', component: () => import('@/pages/RehearsalPage.vue'), props: true },
    maintain,
    { path: '/:path(.*)*', name: 'missing', component: () => import('@/pages/MissingPage.vue') },
  ],
  scrollBehavior(to, from, saved) {
    if (saved) return saved
    if (to.path === from.path) return false
    return to.hash ? { el: to.hash } : { top: 0 }
  },
})
