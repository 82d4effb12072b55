import { createApp } from 'vue'

import App from './App.vue'
import { startPreferences } from './composables/usePreferences'
import { router } from './router'
import './styles/index.css'

startPreferences()
createApp(App).use(router).mount('#app')
