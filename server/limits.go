package server

import (
	"strconv"

	"docent"
	"docent/web"
)

// Limits is the limits section of config.yaml. Those that are text are a
// number, 0 for none, or "auto": a number where others can reach the server, and
// none elsewhere.
type Limits struct {
	RequestsPerMinute     string `yaml:"requests_per_minute"`      // of each subject and each address
	SiteRequestsPerMinute int    `yaml:"site_requests_per_minute"` // of each site; 0 is none
	QuestionsPerHour      string `yaml:"questions_per_hour"`       // of each subject
	ConcurrentAnswers     string `yaml:"concurrent_answers"`       // of each subject
	SessionMessages       int    `yaml:"session_messages"`         // of a session; 0 is none
}

// noLimits hold nothing.
var noLimits = Limits{RequestsPerMinute: "0", QuestionsPerHour: "0", ConcurrentAnswers: "0"}

const auto = "auto"

// What auto means where others can reach the server.
const (
	autoRequestsPerMinute = 60
	autoQuestionsPerHour  = 20
	autoConcurrentAnswers = 3
)

// visitorsOfAddress is how many visitors' questions one address may ask: an
// office is several readers, and a program that is a new visitor each time one.
const visitorsOfAddress = 5

// Validate checks the section; the error is a *docent.SettingError.
func (l Limits) Validate() error {
	const number = "auto or a whole number, 0 for none"
	return docent.CheckSettings(
		docent.SettingCheck{OK: validLimit(l.RequestsPerMinute), Key: "limits.requests_per_minute", Right: number},
		docent.SettingCheck{OK: validLimit(l.QuestionsPerHour), Key: "limits.questions_per_hour", Right: number},
		docent.SettingCheck{OK: validLimit(l.ConcurrentAnswers), Key: "limits.concurrent_answers", Right: number},
		docent.SettingCheck{OK: l.SiteRequestsPerMinute >= 0, Key: "limits.site_requests_per_minute", Right: "0 or more"},
		docent.SettingCheck{OK: l.SessionMessages == 0 || l.SessionMessages >= 2, Key: "limits.session_messages", Right: "0, or 2 and more"},
	)
}

func validLimit(raw string) bool {
	n, err := strconv.Atoi(raw)
	return raw == auto || err == nil && n >= 0
}

// limit is the number that counts; 0 is none.
func (c *Config) limit(raw string, reachable int) int {
	if raw != auto {
		n, _ := strconv.Atoi(raw) // Validate saw to it
		return n
	}
	if c.reachable() {
		return reachable
	}
	return 0
}

// perMinute is the limit of a subject's and an address's requests.
func (c *Config) perMinute() int { return c.limit(c.Limits.RequestsPerMinute, autoRequestsPerMinute) }

// requestLimits are what web holds requests to.
func (c *Config) requestLimits() web.LimitsConfig {
	return web.LimitsConfig{
		RequestsPerMinute: c.perMinute(), SiteRequestsPerMinute: c.Limits.SiteRequestsPerMinute,
		VisitorQuestionsPerHour: visitorsOfAddress * c.bounds().PerHour,
	}
}

// bounds are what chat holds each question to.
func (c *Config) bounds() docent.Bounds {
	return docent.Bounds{
		PerHour:  c.limit(c.Limits.QuestionsPerHour, autoQuestionsPerHour),
		AtOnce:   c.limit(c.Limits.ConcurrentAnswers, autoConcurrentAnswers),
		Messages: c.Limits.SessionMessages,
	}
}
