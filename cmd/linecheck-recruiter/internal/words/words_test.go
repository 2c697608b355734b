package words_test

import (
	"strings"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/words"
)

func load(t *testing.T) *words.Words {
	t.Helper()
	w, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestBest(t *testing.T) {
	w := load(t)
	for _, c := range []struct {
		accept string
		exact  []string
		want   string
	}{
		{"", nil, "en"}, {"de", nil, "de"}, {"de-AT,de;q=0.9,en;q=0.5", nil, "de"}, {"tl", nil, "fil"},
		{"pt-BR", nil, "pt"}, {"zh-Hant-TW", nil, "zh"}, {"nn-NO", nil, "en"}, {"fr;q=0.3, pl;q=0.8", nil, "pl"},
		{"de", []string{"fr"}, "fr"}, {"de", []string{"", "it"}, "it"}, {"de", []string{"klingon", "../en"}, "de"}, {"de", []string{"ja", "it"}, "ja"},
		{"de" + strings.Repeat(",en;q=0.1", 1000), nil, "en"}, {";;;q=,", nil, "en"}, {"\x00", nil, "en"}, {"*", nil, "en"},
	} {
		if got := w.Best(c.accept, c.exact...); got != c.want {
			t.Errorf("%.40q %q: %s, not %s", c.accept, c.exact, got, c.want)
		}
	}
}

func TestSaying(t *testing.T) {
	w := load(t)
	if got := w.In("de").Say("gui.leaves.report", "who", "{who}"); !strings.HasSuffix(strings.Split(got, ".")[0], "an {who}") {
		t.Errorf("%q", got)
	}
	at := time.Date(2026, 3, 9, 23, 30, 0, 0, time.FixedZone("", -3600))
	for code, want := range map[string]string{
		"en": "10 March 2026, 00:30 UTC", "de": "10. März 2026 um 00:30 Uhr UTC", "ja": "2026年3月10日 0:30 UTC", "klingon": "10 March 2026, 00:30 UTC",
	} {
		if got := w.In(code).Moment(at); strings.ReplaceAll(got, "00:30", "0:30") != strings.ReplaceAll(want, "00:30", "0:30") {
			t.Errorf("%s: %q", code, got)
		}
	}
	for _, l := range w.Languages() {
		s := w.In(l.Code)
		if s.Code() != l.Code || !s.Has("month.1") || s.Has("month.13") || s.Word("month.13") != "month.13" {
			t.Errorf("%s: %s", l.Code, s.Code())
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := words.Load(); err != nil {
			b.Fatal(err)
		}
	}
}
