package fetch

import (
	"errors"
	"testing"

	"docent"
)

func TestEveryLimitIsChecked(t *testing.T) {
	if err := DefaultLimits.Validate(); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*Limits){
		"max_pages":      func(l *Limits) { l.Pages = 0 },
		"max_bytes":      func(l *Limits) { l.TotalBytes = -1 },
		"max_pack_bytes": func(l *Limits) { l.PackBytes = 0 },
		"concurrency":    func(l *Limits) { l.Concurrency = 65 },
		"interval":       func(l *Limits) { l.Interval = 0 },
		"timeout":        func(l *Limits) { l.Timeout = 0 },
	} {
		limits := DefaultLimits
		change(&limits)
		var unfit *docent.SettingError
		if err := limits.Validate(); !errors.As(err, &unfit) || unfit.Key != "ingest.fetch."+key || unfit.Right == "" {
			t.Errorf("%s: %v", key, err)
		}
	}
}
