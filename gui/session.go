package gui

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/gui/model"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
)

// SessionEngine is the real engine: an applicant's session.
type SessionEngine struct {
	opt     session.Options
	devices string
	choose  Choose

	input, output string

	session  *session.Session
	evidence []report.Evidence
	end      func() error // of a session whose report was delivered
}

var _ Engine = (*SessionEngine)(nil)

// Choose makes the checks for the chosen sound devices; empty names are the system's choice.
type Choose func(input, output string) (session.Make, error)

// NewSessionEngine is the engine for a session; nothing is opened yet. choose makes its checks.
func NewSessionEngine(opt session.Options, choose Choose) *SessionEngine {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &SessionEngine{opt: opt, devices: opt.Devices, choose: choose}
}

// Choose takes other sound devices from the next Open on.
func (e *SessionEngine) Choose(input, output string) {
	e.input, e.output = input, output
	e.opt.Devices = input + "\n" + output
	e.devices = e.opt.Devices
}

// outboxPatience bounds how long waiting reports may hold up the start.
const outboxPatience = 10 * time.Second

// Open confirms the invite, sends what waits from before, and plans. It
// returns what [session.Open] returns.
func (e *SessionEngine) Open(ctx context.Context, fresh bool) (model.Offer, error) {
	e.Close()
	if fresh {
		// Evidence is kept for the devices it was measured on; new ones make all of it stale.
		e.devices = fmt.Sprintf("%s\n%d", e.opt.Devices, time.Now().UnixNano())
	}
	opt := e.opt
	opt.Devices = e.devices
	var err error
	if opt.Make, err = e.choose(e.input, e.output); err != nil {
		return model.Offer{}, err
	}
	s, err := session.Open(ctx, opt)
	if err != nil {
		return model.Offer{}, err
	}
	e.session = s
	sent := e.sendWaiting(ctx) // with the session open, so that its own report is still known as its own
	o := model.Offer{Invite: s.Invite(), Sealed: s.Sealed(), Program: opt.Program, SentBefore: sent}
	o.Sender, _ = s.Sender()
	if err := s.Unconfirmed(); err != nil {
		o.Unconfirmed = err.Error()
	}
	for _, item := range s.Plan() {
		o.Plan = append(o.Plan, model.Planned{Spec: item.Spec, Kept: item.Kept})
	}
	return o, nil
}

// sendWaiting sends the reports that were signed before and could not be sent.
func (e *SessionEngine) sendWaiting(ctx context.Context) (sent int) {
	ctx, cancel := context.WithTimeout(ctx, outboxPatience)
	defer cancel()
	list, err := session.SendAll(ctx, e.opt.Home, e.opt.Server)
	if err != nil {
		e.opt.Log.Warn("the outbox cannot be read", "error", err)
	}
	for _, s := range list {
		if s.Err != nil {
			e.opt.Log.Warn("a report still waits", "report", s.Digest, "error", s.Err)
			continue
		}
		sent++
	}
	return sent
}

// Run measures what is not kept from before, and judges all of it.
func (e *SessionEngine) Run(ctx context.Context, events func(checks.Event)) model.Outcome {
	e.evidence = e.session.Run(ctx, events)
	return model.Outcome{Stopped: ctx.Err() != nil, Evidence: e.evidence, Appraisal: e.session.Appraise(e.evidence)}
}

// Deliver seals, sends where somebody asked for the report, and writes the files.
func (e *SessionEngine) Deliver(ctx context.Context, name string) model.Delivery {
	s := e.session
	upload := s.Invite() != nil && s.Unconfirmed() == nil
	b, err := s.Seal(e.evidence, name, upload)
	if err != nil {
		e.opt.Log.Error("the report could not be sealed", "error", err)
		return model.Delivery{Problem: err.Error()}
	}
	d := model.Delivery{}
	if upload {
		if b, err = s.Send(ctx, b); err != nil {
			e.opt.Log.Warn("not sent", "error", err)
			d.Problem, d.Waiting = err.Error(), true
		}
	}
	files, end, err := s.Finish(b, "")
	if err != nil {
		e.opt.Log.Error("the report's files could not be written", "error", err)
		if d.Problem == "" && b.Receipt == nil {
			d.Problem, d.Waiting = err.Error(), upload
		}
	}
	d.Files = files
	if b.Receipt != nil {
		d.Sent, d.Received = true, received(b)
	}
	if d.Problem == "" && err == nil {
		e.end = end
	}
	return d
}

// received is the time in a receipt that the session has verified before.
func received(b bundle.Bundle) time.Time {
	key, err := envelope.ParsePublic(b.Receipt.KeyID())
	if err != nil {
		return time.Time{}
	}
	r, err := envelope.Open[report.Receipt](*b.Receipt, key, report.ReceiptType)
	if err != nil {
		return time.Time{}
	}
	return r.Value().Received
}

// Close leaves the session, or ends it where its report was delivered. Until
// here a crash goes on from where it was.
func (e *SessionEngine) Close() {
	if e.session == nil {
		return
	}
	if e.end != nil {
		if err := e.end(); err != nil {
			e.opt.Log.Warn("the session's folder stays", "error", err)
		}
	}
	e.session.Close()
	e.session, e.end, e.evidence = nil, nil, nil
}
