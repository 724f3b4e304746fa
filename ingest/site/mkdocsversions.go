package site

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var mikeCommand = regexp.MustCompile(`\bmike\s+(deploy|set-default)((?:[ \t]+[^\s;&|]+)+)`)

// readVersions finds the version that the pages stand under when mike keeps
// one folder for each.
func (m *mkDocs) readVersions() {
	mike := m.plugin("mike")
	provider := at(m.settings, "extra", "version")
	if mike == nil && Text(at(provider, "provider")) != "mike" && provider != "mike" {
		m.version = m.Version
		return
	}
	usual, others := m.mikeInWorkflows()
	for _, named := range [][]string{texts(mike["canonical_version"]), texts(at(provider, "default"))} {
		if len(named) > 0 {
			usual = named[0]
			break
		}
	}
	m.version = cmp.Or(m.Version, usual)
	if m.version == "" {
		m.version = "latest"
		m.warnings = append(m.warnings, m.warning(m.config, `mike gives each version a folder, and none is named here; "latest" is assumed: set the source's version`))
	}
	m.versions = []Version{{Name: m.version, Default: m.Version == "" || m.Version == usual}}
	for _, name := range others {
		if name != m.version {
			m.versions = append(m.versions, Version{Name: name})
		}
	}
	if at := Escape(m.version) + "/"; m.BaseURL == "" || m.Version != "" && !strings.HasSuffix(m.base, "/"+at) {
		m.base += at
	}
}

// mikeInWorkflows finds the names that the repository's workflows give
// versions, and the one that they make the default.
func (m *mkDocs) mikeInWorkflows() (usual string, all []string) {
	files := []string{".gitlab-ci.yml", "Makefile"}
	for _, name := range sortedKeys(m.tree.list(".github/workflows")) {
		files = append(files, ".github/workflows/"+name)
	}
	for _, name := range files {
		raw, err := readConfig(m.Repo, name)
		if err != nil {
			continue
		}
		for _, command := range mikeCommand.FindAllStringSubmatch(string(raw), -1) {
			names := mikeNames(command[2])
			if command[1] == "set-default" && len(names) > 0 {
				usual = names[0]
			}
			all = append(all, names...)
		}
	}
	if usual == "" && slices.Contains(all, "latest") {
		usual = "latest"
	}
	slices.Sort(all)
	return usual, slices.Compact(all)
}

// mikeNames are the words of a command that are neither options nor made when
// it runs.
func mikeNames(words string) []string {
	var names []string
	fields := strings.Fields(words)
	for i := 0; i < len(fields); i++ {
		word := strings.Trim(fields[i], `"'`)
		switch {
		case slices.Contains([]string{"-b", "-r", "-m", "-t", "-F", "--branch", "--remote", "--message", "--title", "--config-file", "--alias-type", "--deploy-prefix", "-T", "--template", "--prefix"}, word):
			i++
		case strings.HasPrefix(word, "-"), strings.ContainsAny(word, "$`{}()"):
		default:
			names = append(names, word)
		}
	}
	return names
}
