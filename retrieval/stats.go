package retrieval

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"docent"
	"docent/analysis"
)

// maxMerged bounds the merged statistics kept: sites mostly search few
// combinations of releases.
const maxMerged = 8

// mergedStats keeps the statistics of several releases together: merging reads
// every term, and the same releases are searched again and again. The zero
// value is ready.
type mergedStats struct {
	mu   sync.Mutex
	kept map[string]*analysis.Stats
	keys []string // the oldest first
}

// of gives the statistics of the releases as of one; they must not be changed.
func (m *mergedStats) of(ctx context.Context, index Index, releases []docent.Release) (*analysis.Stats, error) {
	if len(releases) == 1 {
		return index.Stats(ctx, releases[0])
	}
	key := identity(releases)
	m.mu.Lock()
	merged := m.kept[key]
	m.mu.Unlock()
	if merged != nil {
		return merged, nil
	}
	merged = new(analysis.Stats)
	for _, r := range releases {
		stats, err := index.Stats(ctx, r)
		if err != nil {
			return nil, err
		}
		merged.Merge(stats)
	}
	m.keep(key, merged)
	return merged, nil
}

func (m *mergedStats) keep(key string, merged *analysis.Stats) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = make(map[string]*analysis.Stats)
	}
	if m.kept[key] == nil {
		m.keys = append(m.keys, key)
	}
	m.kept[key] = merged
	if len(m.keys) > maxMerged {
		delete(m.kept, m.keys[0])
		m.keys = m.keys[1:]
	}
}

// identity names releases: a number comes again after a rollback, a moment does
// not.
func identity(releases []docent.Release) string {
	var b strings.Builder
	for _, r := range releases {
		fmt.Fprintf(&b, "%q %d %d\n", [4]string{r.Unit.Site, r.Unit.Source, r.Unit.Version, r.Unit.Lang}, r.Number, r.CreatedAt.UnixNano())
	}
	return b.String()
}
