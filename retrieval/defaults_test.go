package retrieval

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"docent"
	"docent/ingest"
)

// defaults are the sections of config.yaml that these tests run with.
type defaults struct {
	Retrieval Config        `yaml:"retrieval"`
	Ingest    ingest.Config `yaml:"ingest"`
}

func readDefaults() (d defaults) {
	if err := yaml.Unmarshal(docent.DefaultConfig, &d); err != nil {
		panic(err)
	}
	return d
}

// standard is the configuration that config.yaml gives.
func standard() Config { return readDefaults().Retrieval }

func TestDefaultsSetEveryValue(t *testing.T) {
	c := standard()
	if c.Passages == 0 || c.MaxPerPage == 0 || c.Candidates == 0 || c.RefuseBelow == 0 || c.K1 == 0 || c.B == 0 ||
		c.Weights.Title == 0 || c.Weights.Headings == 0 || c.Weights.Text == 0 || c.Weights.Code == 0 {
		t.Errorf("config.yaml leaves a value of the section retrieval at zero: %+v", c)
	}
}
