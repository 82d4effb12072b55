import type { IconName } from '@/components/ui/icons'

export interface Section {
  to: string
  name: string
  icon: IconName
}

export const SECTIONS: readonly Section[] = [
  { to: '/', name: '首页', icon: 'home' },
  { to: '/chat', name: '问助手', icon: 'chat' },
  { to: '/search', name: '搜一搜', icon: 'search' },
  { to: '/browse', name: '分类查', icon: 'grid' },
]
