package gui

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/gui/model"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/render/pdf"
)

// SessionEngine is the real engine: an applicant's session.
type SessionEngine struct {
	opt SessionConfig

	open     atomic.Pointer[session.Session] // nil while none is open
	evidence []report.Evidence
	end      func() error // of a session whose report was delivered
}

var _ Engine = (*SessionEngine)(nil)

// SessionConfig is what the engine needs.
type SessionConfig struct {
	// Session are the options of every session; the invite, the checks and the devices are set by the engine.
	Session session.Options
	// Read reads the invite that is wished for; it returns an error of one clear line.
	Read func(ctx context.Context, w model.Wish) ([]byte, error)
	// Checks makes the checks as the person prefers.
	Checks func(p model.Preferences) (session.Make, error)
	// Copies is the folder for the copy of the report that the person finds; empty for none.
	Copies string
}

// NewSessionEngine is the engine; nothing is opened yet.
func NewSessionEngine(cfg SessionConfig) *SessionEngine {
	if cfg.Session.Log == nil {
		cfg.Session.Log = slog.New(slog.DiscardHandler)
	}
	return &SessionEngine{opt: cfg}
}

// outboxPatience bounds how long waiting reports may hold up the start.
const outboxPatience = 10 * time.Second

// Open confirms the invite, sends what waits from before, and plans. It
// returns what [session.Open] returns.
func (e *SessionEngine) Open(ctx context.Context, w model.Wish, p model.Preferences) (model.Offer, error) {
	e.Close()
	opt := e.opt.Session
	opt.Devices = p.Input + "\n" + p.Output
	var err error
	var refused *session.Refusal
	if opt.Invite, err = e.invite(ctx, w); errors.As(err, &refused) {
		return model.Offer{}, refused
	}
	if err != nil {
		return model.Offer{}, &session.Refusal{Code: "invite.unread", Malformed: true, Cause: err}
	}
	if opt.Make, err = e.opt.Checks(p); err != nil {
		return model.Offer{}, err
	}
	s, err := session.Open(ctx, opt)
	if err != nil {
		return model.Offer{}, err
	}
	e.open.Store(s)
	sent := e.sendWaiting(ctx) // with the session open, so that its own report is still known as its own
	o := model.Offer{Invite: s.Invite(), Sealed: s.Sealed(), Program: opt.Program, SentBefore: sent, Pseudonym: s.Pseudonym()}
	o.Sender, _ = s.Sender()
	o.Terminal = "run"
	if file := s.InviteFile(); file != "" {
		o.Terminal += ` --invite "` + file + `"`
	}
	o.Reported, _ = s.Reported()
	if err := s.Unconfirmed(); err != nil {
		o.Unconfirmed = err.Error()
	}
	for _, item := range s.Plan() {
		o.Plan = append(o.Plan, model.Planned{Spec: item.Spec, Kept: item.Kept})
	}
	if note := s.Place(); len(note) > 0 {
		if err := json.Unmarshal(note, &o.Place); err != nil {
			e.opt.Session.Log.Warn("where the person was cannot be read", "error", err)
		}
	}
	return o, nil
}

// invite is the invite that is wished for; where nothing is, that of the session that is not finished.
func (e *SessionEngine) invite(ctx context.Context, w model.Wish) ([]byte, error) {
	switch {
	case w.Self:
		return nil, nil
	case w == model.Wish{}:
		file := session.Unfinished(e.opt.Session.Home)
		if file == "" {
			return nil, nil
		}
		return os.ReadFile(file)
	default:
		return e.opt.Read(ctx, w)
	}
}

// Keep keeps where the person is, for a program that is opened again.
func (e *SessionEngine) Keep(p model.Place) {
	s := e.open.Load()
	if s == nil {
		return
	}
	note, err := json.Marshal(p)
	if err == nil {
		err = s.SetPlace(note)
	}
	if err != nil {
		e.opt.Session.Log.Warn("where the person is cannot be kept", "error", err)
	}
}

// Halt ends one check of the run.
func (e *SessionEngine) Halt(check string, accommodation bool) {
	if s := e.open.Load(); s != nil {
		s.Halt(check, accommodation)
	}
}

// sendWaiting sends the reports that were signed before and could not be sent.
func (e *SessionEngine) sendWaiting(ctx context.Context) (sent int) {
	ctx, cancel := context.WithTimeout(ctx, outboxPatience)
	defer cancel()
	list, err := session.SendAll(ctx, e.opt.Session.Home, e.opt.Session.Server)
	if err != nil {
		e.opt.Session.Log.Warn("the outbox cannot be read", "error", err)
	}
	for _, s := range list {
		if s.Err != nil {
			e.opt.Session.Log.Warn("a report still waits", "report", s.Digest, "error", s.Err)
			continue
		}
		sent++
	}
	return sent
}

// Run measures what is not kept from before, and again what is named, and judges all of it.
func (e *SessionEngine) Run(ctx context.Context, again []string, events func(checks.Event)) model.Outcome {
	s := e.open.Load()
	if len(again) > 0 {
		if err := s.Again(again...); err != nil {
			e.opt.Session.Log.Error("a result could not be set aside", "error", err)
		}
	}
	e.evidence = s.Run(ctx, events)
	return model.Outcome{Stopped: ctx.Err() != nil, Evidence: e.evidence, Appraisal: s.Appraise(e.evidence), Before: s.Before()}
}

// Deliver seals, sends where that is wanted and somebody asked for the report, and writes the files.
func (e *SessionEngine) Deliver(ctx context.Context, name string, send bool) model.Delivery {
	s := e.open.Load()
	upload := send && s.Invite() != nil && s.Unconfirmed() == nil
	b, err := s.Seal(e.evidence, name, upload)
	if err != nil {
		e.opt.Session.Log.Error("the report could not be sealed", "error", err)
		return model.Delivery{Problem: err.Error()}
	}
	d := model.Delivery{}
	if upload {
		if b, err = s.Send(ctx, b); err != nil {
			e.opt.Session.Log.Warn("not sent", "error", err)
			d.Problem, d.Refused = err.Error(), errors.Is(err, session.ErrRefused)
			d.Waiting = !d.Refused
		}
	}
	if digest, err := b.Report.Digest(); err == nil {
		d.Code = bundle.Code(digest)
	}
	if inv := s.Invite(); inv != nil {
		d.Lookup = pdf.LookupPage(inv.Origin)
	}
	files, end, err := s.Finish(b, "")
	if err != nil {
		e.opt.Session.Log.Error("the report's files could not be written", "error", err)
		if d.Problem == "" && b.Receipt == nil {
			d.Problem, d.Waiting = err.Error(), upload
		}
	}
	d.Files, d.PDF = files, e.copy(files, d.Code)
	if b.Receipt != nil {
		var unread error
		if d.Received, unread = session.Received(b); unread != nil {
			e.opt.Session.Log.Warn("the receipt cannot be read", "error", unread)
		}
		d.Sent = true
	}
	if d.Problem == "" && err == nil && (d.Sent || s.Invite() == nil) {
		e.end = end
	}
	return d
}

// copy puts the PDF where the person finds it, and returns its path; the path of the
// kept one where that fails.
func (e *SessionEngine) copy(files []string, code string) string {
	i := slices.IndexFunc(files, func(f string) bool { return filepath.Ext(f) == ".pdf" })
	if i < 0 {
		return ""
	}
	if e.opt.Copies == "" {
		return files[i]
	}
	to := filepath.Join(e.opt.Copies, "Linecheck-"+code+".pdf")
	data, err := os.ReadFile(files[i])
	if err == nil {
		err = session.WriteFile(to, data)
	}
	if err != nil {
		e.opt.Session.Log.Warn("the copy of the report could not be written", "error", err)
		return files[i]
	}
	return to
}

// Close leaves the session, or ends it where its report was delivered. Until
// here a crash goes on from where it was.
func (e *SessionEngine) Close() {
	s := e.open.Swap(nil)
	if s == nil {
		return
	}
	if e.end != nil {
		if err := e.end(); err != nil {
			e.opt.Session.Log.Warn("the session's folder stays", "error", err)
		}
	}
	s.Close()
	e.end, e.evidence = nil, nil
}

// opened turns what opening the session returned into a message.
func opened(o model.Offer, err error) model.Msg {
	var no *session.Refusal
	switch {
	case err == nil:
		return model.Opened{Offer: o}
	case errors.As(err, &no):
		failed := model.OpenFailed{Code: no.Code, Text: no.Error()}
		var old *session.OldProgram
		if errors.As(err, &old) {
			failed.Old = model.Old{Version: old.Version, AtLeast: old.Needed.AtLeast, Link: old.Needed.Link}
		}
		return failed
	case errors.Is(err, session.ErrBusy):
		return model.OpenFailed{Code: model.CodeBusy, Text: err.Error()}
	default:
		return model.OpenFailed{Code: model.CodeFolder, Text: err.Error()}
	}
}
