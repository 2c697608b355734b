package api

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/exchange"
	"linecheck/report/strict"
	"linecheck/report/tlog"
)

// checkpoint hands out the log's newest checkpoint. It is sealed with every
// entry, not here: asking costs no signature.
func (s *Server) checkpoint(w http.ResponseWriter, r *http.Request) {
	s.answer(w, func() ([]byte, error) {
		sealed, err := s.Store.Checkpoint(r.Context())
		return sealed, logRefusal(err)
	})
}

// growth hands out the proof that one size of the log continues another.
func (s *Server) growth(w http.ResponseWriter, r *http.Request) {
	s.answer(w, func() ([]byte, error) {
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return nil, badSizes()
		}
		from, to := count(q["from"]), count(q["to"])
		if from == 0 || to == 0 || len(q) != 2 {
			return nil, badSizes()
		}
		proof, err := s.Store.Growth(r.Context(), from, to)
		if err != nil {
			return nil, logRefusal(err)
		}
		return strict.Encode(exchange.Growth{From: from, To: to, Proof: proof})
	})
}

// count reads one number of entries in its one spelling; 0 where it is none.
func count(list []string) int64 {
	if len(list) != 1 {
		return 0
	}
	n, err := strconv.ParseInt(list[0], 10, 64)
	if err != nil || n < 1 || n > tlog.MaxSize || strconv.FormatInt(n, 10) != list[0] {
		return 0
	}
	return n
}

func badSizes() error {
	return refusal.New(http.StatusBadRequest, "request.malformed", "from and to must be numbers of entries, from 1")
}

func logRefusal(err error) error {
	if errors.Is(err, store.ErrNoEntries) {
		return refusal.New(http.StatusNotFound, "log.short", "the log does not have these entries")
	}
	return err
}
