package main

import (
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"

	"docent"
)

// workflowFile is where GitHub looks for the workflow.
const workflowFile = ".github/workflows/docs-assistant.yml"

// files are those that init writes.
func (d documentation) files() ([]initFile, error) {
	files := []initFile{{d.ConfigFile, configTemplate}, {workflowFile, workflowTemplate}}
	for i, f := range files {
		t, err := template.New(f.name).Delims("<<", ">>").Funcs(template.FuncMap{"yaml": yamlText}).Parse(f.text)
		if err != nil {
			return nil, err
		}
		var b strings.Builder
		if err := t.Execute(&b, d); err != nil {
			return nil, err
		}
		files[i].text = b.String()
	}
	return files, nil
}

// yamlText writes a text so that YAML reads it as that.
func yamlText(text string) (string, error) {
	raw, err := yaml.Marshal(text)
	return strings.TrimSpace(string(raw)), err
}

const configTemplate = `# Docent's configuration: what differs from the defaults. 'docent config' shows
# every setting, 'docent ingest --dry-run' what would be ingested.

# The documentation that questions are answered from.
sources:
  # <<.Builder>>.
  - name: <<yaml .Name>>
    dir: <<yaml .Dir>>
<<- if .Framework>>
    # Another configuration is nearer to the folder; this is the one that builds it.
    framework: <<.Framework>>
<<- end>>
<<- if .Address>>
    # The site's address is read from <<.About.Config>>. Another one would be set here:
    # base_url: <<.Address>>
<<- else>>
    # The site's address, with its base path. Without it citations lead to Docent's own copy of the pages.
    # base_url: https://docs.example.com/
<<- end>>

# Whose pages may carry the widget: their origins, without a path.
<<- if .Origin>>
sites:
  - name: ` + docent.DefaultSite + `
    origins:
      - <<yaml .Origin>>
<<- else>>
# sites:
#   - name: ` + docent.DefaultSite + `
#     origins:
#       - https://docs.example.com
<<- end>>
`

const workflowTemplate = `# Checks the documentation in each pull request, and brings it to the assistant when
# it is merged.
name: Docs assistant

on:
  push:
    branches: [<<yaml .Branch>>]
    paths: [<<yaml .Below>>, <<yaml .ConfigFile>>]
  pull_request:
    paths: [<<yaml .Below>>, <<yaml .ConfigFile>>]

permissions:
  contents: read
  pull-requests: write # to say what a pull request changes

jobs:
  docs-assistant:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: docent-ai/docent/deploy/action@v1
        with:
          # The assistant's address, a variable of the repository. Without it the documentation is only checked.
          server: ${{ vars.DOCENT_SERVER }}
          # A key that 'docent keys create --scope ingest' has made there, a secret of the repository.
          key: ${{ secrets.DOCENT_PUSH_KEY }}
<<- if .OwnConfig>>
          config: <<yaml .OwnConfig>>
<<- end>>
`
