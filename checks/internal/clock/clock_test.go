package clock

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"linecheck/checks/testnet"
)

// theAuthority is trusted by this computer while the tests run.
var theAuthority *testnet.Authority

func TestMain(m *testing.M) {
	var err error
	if theAuthority, err = testnet.NewAuthority("Public Authority"); err != nil {
		panic(err)
	}
	m.Run()
}

func TestWrong(t *testing.T) {
	now := time.Now()
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	for _, tt := range []struct {
		name, host string
		from, to   int
		there      time.Time // the time that the server tells; zero where it tells none
		wrong      bool
	}{
		{"of last week, and it is last week there", "localhost", -9, -6, day(-7), true},
		{"of last week, and it is now there", "localhost", -9, -6, now, false},
		{"of last week, and nothing is told", "localhost", -9, -6, time.Time{}, false},
		{"of last week, for another host", "elsewhere.example", -9, -6, day(-7), false},
		{"of next week, and it is next week there", "localhost", 6, 9, day(7), true},
		{"of next week, and it is now there", "localhost", 6, 9, now, false},
		{"good", "localhost", -1, 1, now, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			port := testnet.Telling(t, theAuthority.Issue(t, tt.host, day(tt.from), day(tt.to)), tt.there)
			resp, err := http.Get("https://localhost:" + port + "/")
			if err == nil {
				_ = resp.Body.Close()
			}
			if got := Wrong(t.Context(), err); got != tt.wrong {
				t.Errorf("%v after %v", got, err)
			}
		})
	}
	if Wrong(t.Context(), errors.New("something else")) {
		t.Error("no certificate was refused")
	}
}
