package retrieval

import (
	"docent"
	"docent/analysis"
)

// Config is the section retrieval of config.yaml, which holds the defaults.
type Config struct {
	// Passages are given where a query names no limit.
	Passages int `yaml:"passages"`
	// MaxPerPage bounds the passages of one page; 0 is no bound.
	MaxPerPage int `yaml:"max_per_page"`
	// Candidates are asked of the store for each list.
	Candidates int `yaml:"candidates"`
	// RefuseBelow is the least Answerable that is not refused; 0 refuses only
	// what finds nothing.
	RefuseBelow float64 `yaml:"refuse_below"`
	// K1 and B are BM25's constants.
	K1      float64 `yaml:"k1"`
	B       float64 `yaml:"b"`
	Weights Weights `yaml:"weights"`
	// SemanticWeight is how much the similarity of vectors counts: 1 as it was
	// learned with the built-in model, 0 not at all. nil is 1 for that model, and
	// serverWeight for others.
	SemanticWeight *float64 `yaml:"semantic_weight"`
	Rules          Rules    `yaml:"rules"`
	// PublicURL is put before rooted URLs of passages; "" leaves them.
	PublicURL string `yaml:"-"`
}

// Weights are what one occurrence counts in each field; 0 leaves a field out.
type Weights struct {
	Title    float64 `yaml:"title"`
	Headings float64 `yaml:"headings"`
	Text     float64 `yaml:"text"`
	Code     float64 `yaml:"code"`
	Links    float64 `yaml:"links"`
	About    float64 `yaml:"about"`
}

func (w Weights) byField() [analysis.NumFields]float64 {
	return [analysis.NumFields]float64{
		analysis.FieldTitle:    w.Title,
		analysis.FieldHeadings: w.Headings,
		analysis.FieldText:     w.Text,
		analysis.FieldCode:     w.Code,
		analysis.FieldLinks:    w.Links,
		analysis.FieldAbout:    w.About,
	}
}

// Validate checks what can't be searched with; the error is a
// *docent.SettingError.
func (c Config) Validate() error {
	w, rules := c.Weights, c.Rules.validate()
	return docent.CheckSettings(
		docent.SettingCheck{OK: c.Passages >= 1 && c.Passages <= 50, Key: "retrieval.passages", Right: "a whole number from 1 to 50"},
		docent.SettingCheck{OK: c.MaxPerPage >= 0, Key: "retrieval.max_per_page", Right: "0 (no bound) or more"},
		docent.SettingCheck{OK: c.Candidates >= c.Passages && c.Candidates <= 1000, Key: "retrieval.candidates", Right: "a whole number from retrieval.passages to 1000"},
		docent.SettingCheck{OK: c.RefuseBelow >= 0 && c.RefuseBelow <= 1, Key: "retrieval.refuse_below", Right: "a number from 0 to 1"},
		docent.SettingCheck{OK: c.K1 >= 0, Key: "retrieval.k1", Right: "0 or more"},
		docent.SettingCheck{OK: c.B >= 0 && c.B <= 1, Key: "retrieval.b", Right: "a number from 0 to 1"},
		docent.SettingCheck{OK: w.Title >= 0, Key: "retrieval.weights.title", Right: "0 or more"},
		docent.SettingCheck{OK: w.Headings >= 0, Key: "retrieval.weights.headings", Right: "0 or more"},
		docent.SettingCheck{OK: w.Text >= 0, Key: "retrieval.weights.text", Right: "0 or more"},
		docent.SettingCheck{OK: w.Code >= 0, Key: "retrieval.weights.code", Right: "0 or more"},
		docent.SettingCheck{OK: w.Links >= 0, Key: "retrieval.weights.links", Right: "0 or more"},
		docent.SettingCheck{OK: w.About >= 0, Key: "retrieval.weights.about", Right: "0 or more"},
		docent.SettingCheck{OK: c.SemanticWeight == nil || *c.SemanticWeight >= 0 && *c.SemanticWeight <= 100, Key: "retrieval.semantic_weight", Right: "a number from 0 to 100, or left out"},
		docent.SettingCheck{OK: rules == "", Key: "retrieval.rules", Right: rules},
	)
}
