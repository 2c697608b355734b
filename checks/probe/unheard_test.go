package probe

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/report/exchange"
)

// safeLog is a log that may be read while it is written.
type safeLog struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *safeLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *safeLog) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.all.String(), what)
}

// Where several applicants ask for calls and no packet ever comes, whoever runs the server is told, once; not where one
// does not get through, and not where a packet came.
func TestUDPThatNeverComesIsTold(t *testing.T) {
	for _, tt := range []struct {
		name           string
		sessions, told int
		packet         bool
	}{
		{"one network blocks it", leastUnheard - 1, 0, false},
		{"nobody's comes", leastUnheard + 2, 1, false},
		{"somebody's came", leastUnheard + 2, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key := newKey(t)
			var log safeLog
			p, err := New(Config{Owner: Owner{Key: key}, MediaAddr: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(&log, nil)), unheardWait: 50 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = p.Close() })
			if tt.packet {
				c, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", p.media.port()))
				if err != nil {
					t.Fatal(err)
				}
				_, _ = c.Write([]byte("anything"))
				_ = c.Close()
				time.Sleep(50 * time.Millisecond)
			}
			for i := range tt.sessions {
				token := open(t, p, fmt.Sprint(i))
				for range 3 { // one session's asking again is no further applicant
					w := httptest.NewRecorder()
					p.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, exchange.SessionPath+"/"+token+"/ice", nil))
					if w.Code != http.StatusOK {
						t.Fatal(w.Code, w.Body)
					}
				}
			}
			for begin := time.Now(); time.Since(begin) < 5*time.Second && log.count("over UDP") < tt.told; {
				time.Sleep(10 * time.Millisecond)
			}
			time.Sleep(300 * time.Millisecond) // for one too many
			if n := log.count("over UDP"); n != tt.told {
				t.Errorf("it is told %d times, want %d", n, tt.told)
			}
		})
	}
}
