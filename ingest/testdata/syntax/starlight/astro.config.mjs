import { defineConfig } from 'astro/config';
import starlight from '@astrojs/starlight';
export default defineConfig({
  site: 'https://kettle.example',
  integrations: [starlight({ title: 'Kettle' })],
});
