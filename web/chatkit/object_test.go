package chatkit

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

// decoded gives the object of a body.
func decoded(t *testing.T, body string) object {
	t.Helper()
	o, err := decode([]byte(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return o
}

// TestNumbersAndTruthAreReadAsTheReferenceReadsThem: lax one way, and no further.
func TestNumbersAndTruthAreReadAsTheReferenceReadsThem(t *testing.T) {
	for sent, want := range map[string]int64{
		`3`: 3, `-3`: -3, `3.0`: 3, `1e2`: 100, `"3"`: 3, `" 3 "`: 3, `"3.0"`: 3, `"+3"`: 3, `"1_000"`: 1000, `"-0"`: 0, `true`: 1, `false`: 0,
		`100000000000000000000`: math.MaxInt64, `-100000000000000000000`: math.MinInt64,
	} {
		o := decoded(t, `{"n":`+sent+`}`)
		if got := o.number("n"); got != want || o.err() != nil {
			t.Errorf("%s is %d, %v", sent, got, o.err())
		}
	}
	for _, sent := range []string{`1.5`, `1e30`, `"abc"`, `"1e2"`, `"1.5"`, `""`, `"0x10"`, `"٣"`, `"_1"`, `"true"`, `null`, `[]`, `{}`} {
		o := decoded(t, `{"n":`+sent+`}`)
		if got := o.number("n"); o.err() == nil {
			t.Errorf("%s is taken as %d", sent, got)
		}
	}
	for sent, want := range map[string]bool{
		`true`: true, `"yes"`: true, `"Y"`: true, `"On"`: true, `"T"`: true, `1`: true, `1.0`: true, `"1"`: true, `"TRUE"`: true,
		`false`: false, `"no"`: false, `"off"`: false, `0`: false, `0.0`: false, `"0"`: false,
	} {
		o := decoded(t, `{"b":`+sent+`}`)
		if got := o.truth("b", !want); got != want || o.err() != nil {
			t.Errorf("%s is %t, %v", sent, got, o.err())
		}
	}
	for _, sent := range []string{`2`, `"maybe"`, `" yes "`, `"1.0"`, `""`, `null`, `[]`} {
		o := decoded(t, `{"b":`+sent+`}`)
		if got := o.truth("b", false); o.err() == nil {
			t.Errorf("%s is taken as %t", sent, got)
		}
	}
}

// TestAllThatIsWrongIsToldAtOnce: with the place of each field.
func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	o := decoded(t, `{"list":[{"text":1},2],"order":"up","deep":{}}`)
	for _, one := range o.objects("list") {
		one.text("text")
	}
	o.oneOf("order", "desc", "asc")
	o.object("deep").text("er")
	err := o.err()
	for _, place := range []string{"list[0].text", "list[1] ", "order", "deep.er"} {
		if err == nil || !strings.Contains(err.Error(), place) {
			t.Errorf("%s is not named in %v", place, err)
		}
	}
}

func TestARequestThatIsAllWrongIsAnsweredShortly(t *testing.T) {
	o := decoded(t, `{"list":[`+strings.Repeat("1,", 100_000)+`1]}`)
	o.texts("list")
	if err := o.err(); err == nil || len(err.Error()) > 2000 {
		t.Errorf("told are %d bytes", len(fmt.Sprint(err)))
	}
}

// TestFreeValuesStayWhatTheyAre: nulls, large numbers, and characters that JSON may
// write either way.
func TestFreeValuesStayWhatTheyAre(t *testing.T) {
	for _, sent := range []string{`null`, `{"a":null,"b":[1,12345678901234567890]}`, `"\u0000"`, `1.50`, `[]`, `""`} {
		if got := string(decoded(t, `{"v":`+sent+`}`).raw("v")); got != sent {
			t.Errorf("%s becomes %s", sent, got)
		}
	}
	if o := decoded(t, `{}`); o.raw("v") != nil && o.err() == nil {
		t.Error("what is not there is taken")
	}
}

// FuzzDecode: what is taken is JSON with an object, of whole characters.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"threads.list","params":{"limit":"3"}}`, `{"a":"\ud83d\ude00"}`, `{"a":"\ud83d"}`, `{"a":"\\ud83d"}`, `{"a":"\ud83d\\ude00"}`, `{"\udc00":1}`,
		`{"a":"\`, `{"a":"\u12`, `{"a":1}{`, `[[`, "\ufeff{}", `{"a":"\ud83d\ude00\ud83d"}`, strings.Repeat(`{"a":[`, 150),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := decode(body)
		if err != nil {
			return
		}
		if !json.Valid(body) {
			t.Errorf("%q is taken", body)
		}
		again, err := json.Marshal(o.fields)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsRune(string(again), '\uFFFD') && !strings.ContainsRune(string(body), '\uFFFD') && !strings.Contains(strings.ToLower(string(body)), `\ufffd`) {
			t.Errorf("%q loses characters: %s", body, again)
		}
	})
}
