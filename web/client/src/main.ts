import { createApp } from 'vue'
import App from './App.vue'
import './styles/tokens.css'
import './styles/base.css'
import { language } from './words'

document.documentElement.lang = language.value
createApp(App).mount('#app')
