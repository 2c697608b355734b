package internet

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"

	"linecheck/checks"
	"linecheck/checks/internal/clock"
	"linecheck/checks/internal/wire"
	"linecheck/report"
)

// family is the first part of every code of this package.
const family = "internet"

// errStalled: the connections stand, but nothing moves on them any more.
var errStalled = errors.New("nothing moved for too long")

// problem is the error a check returns for err.
func (r *run) problem(ctx context.Context, err error) error {
	var known *checks.Problem
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	if clock.Wrong(ctx, err) {
		return checks.Unavailable(family+".clock.wrong", report.FaultYou, err)
	}
	err = classify(err)
	if r.cfg.Far == nil && errors.As(err, &known) && known.Fault == report.FaultServer {
		// without an invite the server is not the recruiter's: its being away is the way there
		return checks.Unavailable(known.Code, report.FaultNetwork, known.Cause)
	}
	return err
}

func classify(err error) error {
	var op *net.OpError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, errStalled):
		return checks.Unavailable(family+".stalled", report.FaultNetwork, err)
	case errors.Is(err, errNoPublic):
		return checks.Unavailable(family+".public.none", report.FaultNetwork, err)
	case errors.Is(err, errProxy), errors.As(err, &op) && op.Op == "proxyconnect":
		return checks.Unavailable(family+".proxy", report.FaultNetwork, err)
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch), strings.Contains(err.Error(), "malformed HTTP"):
		return checks.Unavailable(family+".answer.foreign", report.FaultNetwork, err)
	default:
		return wire.Problem(family, err)
	}
}
