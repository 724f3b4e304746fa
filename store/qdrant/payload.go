package qdrant

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// The vectors of a chunk.
const (
	denseName  = "dense"
	sparseName = "terms"
)

// The fields of payloads that filters name.
const (
	fieldKind    = "kind"
	fieldUnit    = "unit" // unitKey
	fieldSite    = "site"
	fieldSource  = "source"
	fieldVersion = "version"
	fieldLang    = "lang"
	fieldFrom    = "from" // the first release that holds it
	fieldTo      = "to"   // the first one after it that does not; open while there is none
	fieldPath    = "path"
	fieldFolders = "folders"  // those that path lies in, see foldersOf
	fieldPageURL = "page_url" // of pages
	fieldChunk   = "chunk"    // a chunk's ID
	// of units, see record
	fieldOwner    = "owner"
	fieldBeat     = "beat"
	fieldRevision = "revision"
)

// The other fields.
const (
	fieldOrdinal  = "ordinal"
	fieldSection  = "section"
	fieldTitle    = "title"
	fieldAnchor   = "anchor"
	fieldURL      = "url"
	fieldText     = "text"
	fieldRest     = "rest"  // JSON, see rest
	fieldTerms    = "terms" // base64
	fieldPage     = "page"  // JSON of docent.Page
	fieldPart     = "part"  // of statistics: its number, and its bytes in base64
	fieldData     = "data"
	fieldActive   = "active"   // of units: the active release's number
	fieldReleases = "releases" // of units: JSON of the kept ones
	fieldDropped  = "dropped"  // of units, see record
	fieldGone     = "gone"     // of units: when they were dropped, in milliseconds since 1970
)

// The kinds of points.
const (
	kindUnit  = "unit"
	kindPage  = "page"
	kindChunk = "chunk"
	kindStats = "stats"
)

// open is the "to" of what the newest release holds.
const open = 1 << 31

// indexedFields are all that filters name: servers may be set to refuse
// filters on others.
var indexedFields = map[string]api.FieldType{
	fieldKind: api.FieldType_FieldTypeKeyword, fieldUnit: api.FieldType_FieldTypeKeyword,
	fieldSite: api.FieldType_FieldTypeKeyword, fieldSource: api.FieldType_FieldTypeKeyword,
	fieldVersion: api.FieldType_FieldTypeKeyword, fieldLang: api.FieldType_FieldTypeKeyword,
	fieldFrom: api.FieldType_FieldTypeInteger, fieldTo: api.FieldType_FieldTypeInteger,
	fieldPath: api.FieldType_FieldTypeKeyword, fieldFolders: api.FieldType_FieldTypeKeyword,
	fieldPageURL: api.FieldType_FieldTypeKeyword, fieldChunk: api.FieldType_FieldTypeKeyword,
	fieldOwner: api.FieldType_FieldTypeKeyword, fieldBeat: api.FieldType_FieldTypeKeyword,
	fieldRevision: api.FieldType_FieldTypeKeyword, fieldSection: api.FieldType_FieldTypeInteger,
}

type payload = map[string]*api.Value

func text(s string) *api.Value { return api.NewValueString(s) }
func number(n int) *api.Value  { return api.NewValueInt(int64(n)) }

// integer reads a number; 0 where there is none.
func integer(p payload, field string) int { return int(p[field].GetIntegerValue()) }

// unitKey names a unit in one word.
func unitKey(u docent.Unit) string { return digest(u) }

// digest gives 32 hex digits that name v, which is made of strings and numbers.
func digest(v any) string {
	encoded, _ := json.Marshal(v)
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:16])
}

// pointID names a point for what it is, so that writing it again is the same.
func pointID(kind string, parts ...any) *api.PointId {
	d := digest(append([]any{kind}, parts...))
	return api.NewIDUUID(strings.Join([]string{d[:8], d[8:12], d[12:16], d[16:20], d[20:]}, "-"))
}

// ofUnit are the fields that say of which unit a point is.
func ofUnit(kind string, u docent.Unit) payload {
	return payload{
		fieldKind: text(kind), fieldUnit: text(unitKey(u)),
		fieldSite: text(u.Site), fieldSource: text(u.Source), fieldVersion: text(u.Version), fieldLang: text(u.Lang),
	}
}

func unitOf(p payload) docent.Unit {
	return docent.Unit{
		Site: p[fieldSite].GetStringValue(), Source: p[fieldSource].GetStringValue(),
		Version: p[fieldVersion].GetStringValue(), Lang: p[fieldLang].GetStringValue(),
	}
}

// foldersOf gives every folder that path lies in, with its "/", outermost
// first.
func foldersOf(path string) []string {
	var folders []string
	for i := range len(path) {
		if path[i] == '/' {
			folders = append(folders, path[:i+1])
		}
	}
	return folders
}

func texts(list []string) *api.Value {
	values := make([]*api.Value, len(list))
	for i, s := range list {
		values[i] = text(s)
	}
	return api.NewValueFromList(values...)
}

// all is the filter of points that meet every condition.
func all(conditions ...*api.Condition) *api.Filter { return &api.Filter{Must: conditions} }

// is is the condition that a field has a value.
func is(field, value string) *api.Condition { return api.NewMatchKeyword(field, value) }

// below and above are conditions on a number.
func below(field string, n int) *api.Condition {
	return api.NewRange(field, &api.Range{Lt: api.PtrOf(float64(n))})
}

func above(field string, n int) *api.Condition {
	return api.NewRange(field, &api.Range{Gt: api.PtrOf(float64(n))})
}

// visible are the conditions that a release holds a point.
func visible(r docent.Release) []*api.Condition {
	return []*api.Condition{is(fieldUnit, unitKey(r.Unit)), below(fieldFrom, r.Number+1), above(fieldTo, r.Number)}
}
