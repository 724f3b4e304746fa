package retrieval

import "docent/analysis"

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
	Fusion  Fusion  `yaml:"fusion"`
	// PublicURL is put before rooted URLs of passages; "" leaves them.
	PublicURL string `yaml:"-"`
}

// Weights are what one occurrence counts in each field; 0 leaves a field out.
type Weights struct {
	Title    float64 `yaml:"title"`
	Headings float64 `yaml:"headings"`
	Text     float64 `yaml:"text"`
	Code     float64 `yaml:"code"`
}

func (w Weights) byField() [analysis.NumFields]float64 {
	return [analysis.NumFields]float64{
		analysis.FieldTitle:    w.Title,
		analysis.FieldHeadings: w.Headings,
		analysis.FieldText:     w.Text,
		analysis.FieldCode:     w.Code,
	}
}

// Fusion is how the lexical and the dense list become one.
type Fusion struct {
	K       float64 `yaml:"k"` // the constant of reciprocal rank fusion
	Lexical float64 `yaml:"lexical"`
	Dense   float64 `yaml:"dense"`
}
