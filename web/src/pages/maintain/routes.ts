import type { RouteLocationNormalized, RouteRecordRaw } from 'vue-router'

/** Only whoever is signed in comes further; where he wanted to go is kept. */
async function guard(to: RouteLocationNormalized): Promise<true | { path: string; query: { to: string } }> {
  const { useAccount } = await import('@/composables/maintain/useAccount')
  const { me, known } = useAccount()
  await known()
  return me.value ? true : { path: '/maintain/sign-in', query: { to: to.fullPath } }
}

const guarded = { beforeEnter: guard }

export const maintain: RouteRecordRaw = {
  path: '/maintain',
  component: () => import('./MaintainFrame.vue'),
  meta: { console: true },
  children: [
    { path: '', redirect: '/maintain/records' },
    { path: 'sign-in', component: () => import('./SignInPage.vue') },
    { path: 'records', component: () => import('./RecordsPage.vue'), ...guarded },
    { path: 'records/:kind/:id', component: () => import('./RecordPage.vue'), props: true, ...guarded },
    { path: 'new/:kind', component: () => import('./RecordPage.vue'), props: (to) => ({ kind: to.params.kind, id: '' }), ...guarded },
    { path: 'curations', component: () => import('./CurationsPage.vue'), ...guarded },
    { path: 'import', component: () => import('./ImportPage.vue'), ...guarded },
    { path: 'queue', component: () => import('./QueuePage.vue'), ...guarded },
    { path: 'batches/:id', component: () => import('./BatchPage.vue'), props: true, ...guarded },
    { path: 'versions/:id', component: () => import('./ReviewPage.vue'), props: true, ...guarded },
    { path: 'users', component: () => import('./UsersPage.vue'), ...guarded },
  ],
}
