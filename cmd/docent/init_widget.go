package main

// exampleServer stands for the address at which readers reach Docent.
const exampleServer = "https://docs-bot.example.com"

const widgetScript = exampleServer + "/widget.js"

// widgetTag puts the widget on a page.
const widgetTag = `<script src="` + widgetScript + `" defer></script>`

// embeddings say how each framework's sites get the widget's tag.
var embeddings = map[string]string{
	"docusaurus": "docusaurus.config.js takes it in its list of scripts:\n\n  scripts: [{ src: '" + widgetScript + "', defer: true }],",
	"mkdocs":     "mkdocs.yml takes it in extra_javascript (MkDocs 1.5 or newer):\n\n  extra_javascript:\n    - path: " + widgetScript + "\n      defer: true",
	"vitepress":  "the config in .vitepress takes it in head:\n\n  head: [['script', { src: '" + widgetScript + "', defer: '' }]],",
	"starlight":  "astro.config.mjs takes it in the options of starlight():\n\n  head: [{ tag: 'script', attrs: { src: '" + widgetScript + "', defer: true } }],",
	"nextra":     "app/layout.jsx (pages/_document.jsx in older sites) takes it inside <Head> or <head>:\n\n  " + widgetTag,
	"hugo":       "the partial that your theme has for the end of the body takes it, in Docsy layouts/partials/hooks/body-end.html:\n\n  " + widgetTag,
	"mdbook":     "theme/head.hbs beside book.toml takes it:\n\n  " + widgetTag,
	"sphinx":     "conf.py takes it in html_js_files:\n\n  html_js_files = [('" + widgetScript + "', {'defer': 'defer'})]",
	"jekyll":     "the theme's include for the head takes it (_includes/head-custom.html, in Just the Docs _includes/head_custom.html), or else _layouts/default.html before </body>:\n\n  " + widgetTag,
	"gitbook":    "gitbook.com takes no scripts of others: link to " + exampleServer + "/ instead; a site that you build yourself takes it in its pages before </body>:\n\n  " + widgetTag,
}

// embeddingOf says where the widget's tag belongs on a framework's site.
func embeddingOf(framework string) string {
	if text, known := embeddings[framework]; known {
		return text
	}
	return "every page takes it before </body>:\n\n  " + widgetTag
}
