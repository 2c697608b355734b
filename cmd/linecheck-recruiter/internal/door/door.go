// Package door is what every request passes on its way in and out, whoever it is for: it
// bounds connections, sets the headers that are right for every answer, catches what
// fails, counts and logs. It says whether the server is alive and ready. What a request asks
// for, who may ask it, and what a page looks like do not come in here.
package door

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/refusal"
)

// Wrap puts the door before a handler. It logs one line a request, without addresses, queries
// or what a path holds: a request is known by the pattern that it was served under. The answer passes unbuffered, and
// [http.ResponseController] reaches all that it reached before.
func Wrap(next http.Handler, log *slog.Logger, m *Metrics) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{recorder: recorder{ResponseWriter: w}, request: r, log: log, metrics: m, begin: time.Now()}
		protect(w.Header())
		defer func() { v.end(recover()) }()
		next.ServeHTTP(&v.recorder, r)
	})
}

// hold is for how long a browser shall only come over TLS (RFC 6797): a year.
const hold = "max-age=31536000"

// protect sets the headers that are right for every answer. A page may set stricter ones.
func protect(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	// Paths hold codes, which no other site is to learn. With "no-referrer" browsers would hide the origin of the server's own forms.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Strict-Transport-Security", hold)
}

// visit is one request as the door sees it.
type visit struct {
	recorder
	request *http.Request
	log     *slog.Logger
	metrics *Metrics
	begin   time.Time
}

// end counts and logs a request whose handler has returned, or failed with what is not nil.
func (v *visit) end(failure any) {
	if failure != nil && failure != http.ErrAbortHandler {
		v.log.Error("a request failed", "route", v.route(), "error", tell(failure), "stack", string(debug.Stack()))
		if v.status == 0 {
			clear(v.Header())
			protect(v.Header())
			refusal.Failed().Write(&v.recorder)
			failure = nil
		}
	}
	if failure == nil && v.status == 0 {
		v.status = http.StatusOK // the server says so after the handler
	}
	v.note(failure != nil)
	if failure != nil { // part of an answer is out, or none is wanted: only a broken connection tells
		panic(http.ErrAbortHandler)
	}
}

// note counts and logs what was answered.
func (v *visit) note(broken bool) {
	took, class := time.Since(v.begin), "broken"
	if !broken {
		class = fmt.Sprintf("%dxx", v.status/100)
	}
	route := v.route()
	v.metrics.requests.WithLabelValues(route, class).Inc()
	v.metrics.seconds.WithLabelValues(route).Observe(took.Seconds())
	level := slog.LevelInfo
	if broken || v.status >= 500 {
		level = slog.LevelWarn
	}
	v.log.LogAttrs(v.request.Context(), level, "request", slog.String("method", method(v.request)), slog.String("route", route),
		slog.Int("status", v.status), slog.Int64("ms", took.Milliseconds()), slog.Int64("bytes", v.bytes), slog.Bool("broken", broken))
}

// route is the path of the pattern that the request was served under, as [http.ServeMux] sets
// it: it holds names in place of values, and there are as many as the program has.
func (v *visit) route() string {
	_, path, ok := strings.Cut(v.request.Pattern, " ")
	if !ok {
		path = v.request.Pattern
	}
	if path == "" {
		return "none"
	}
	return path
}

// method is the request's, where it is a known one: others are whatever the sender likes.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// tell says what failed, for the log. Errors of the language hold numbers and types; what others say may hold anything.
func tell(failure any) string {
	if err, ok := failure.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", failure)
}
