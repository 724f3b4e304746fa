import { defineConfig } from 'vitepress'
export default defineConfig({ title: 'Kettle', base: '/' })
