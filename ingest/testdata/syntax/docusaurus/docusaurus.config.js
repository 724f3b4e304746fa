export default {
  title: 'Kettle',
  url: 'https://kettle.example',
  baseUrl: '/',
};
