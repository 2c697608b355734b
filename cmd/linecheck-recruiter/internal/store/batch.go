package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"

	"linecheck/report"
)

// batch takes several reports in with one transaction, asking and writing for all of them at once.
type batch struct {
	*Tenant
	ctx context.Context
	tx  *sql.Tx

	log      *growing
	known    map[string][]byte // receipts by digest
	runs     map[string][]aRun // by invite
	ended    map[string]bool   // whether an invite was revoked
	accepted []*arrival
	entries  []report.LogEntry // of the accepted
}

func (b *batch) take(list []*arrival) error {
	var err error
	if b.log, err = b.lockLog(b.ctx, b.tx); err != nil {
		return err
	}
	if err := b.look(list); err != nil {
		return err
	}
	for _, a := range list {
		if a.receipt, a.err = b.one(a); a.err != nil && !ofTheReport(a.err) {
			return a.err
		}
	}
	if len(b.accepted) == 0 {
		return nil
	}
	last := b.accepted[len(b.accepted)-1]
	checkpoint, err := last.seal.Checkpoint(b.entries[len(b.entries)-1], last.time)
	if err != nil {
		return err
	}
	if err := b.log.save(checkpoint); err != nil {
		return err
	}
	return b.insert()
}

// ofTheReport says whether an error is about one report, and no trouble of ours.
func ofTheReport(err error) bool {
	return err == ErrRunsUsed || err == ErrRevoked || err == ErrErased || err == ErrSessionUsed
}

// look reads what is known of the reports, their sessions and their invites.
func (b *batch) look(list []*arrival) error {
	var digests, invites []string
	for _, a := range list {
		digests, invites = append(digests, a.report.Digest), append(invites, a.report.Invite.ID)
	}
	slices.Sort(invites)
	invites = slices.Compact(invites)
	b.known = map[string][]byte{}
	err := b.among(b.ctx, b.tx, `SELECT digest, receipt FROM reports WHERE tenant = $1 AND digest`, []any{b.no}, digests, ``, func(r *sql.Rows) error {
		var digest string
		var receipt []byte
		err := r.Scan(&digest, &receipt)
		b.known[digest] = receipt
		return err
	})
	if err != nil {
		return err
	}
	if b.ended, err = b.hold(b.ctx, b.tx, invites); err != nil {
		return err
	}
	b.runs, err = b.Tenant.runs(b.ctx, b.tx, invites)
	return err
}

// one decides on one report and makes its receipt; it is stored with the others.
func (b *batch) one(a *arrival) ([]byte, error) {
	r := a.report
	if receipt := b.known[r.Digest]; receipt != nil {
		return receipt, nil
	}
	list := b.runs[r.Invite.ID]
	run, ok := find(list, r.Session)
	switch {
	case b.ended[r.Invite.ID]:
		return nil, ErrRevoked
	case ok && list[run-1].erased:
		return nil, ErrErased
	case ok && list[run-1].sent:
		return nil, ErrSessionUsed
	case !ok && len(list) >= r.Invite.Runs:
		return nil, ErrRunsUsed
	case !ok:
		list = append(slices.Clip(list), aRun{session: r.Session})
		run = len(list)
	}
	entry, err := b.log.grow(r.Digest, a.time)
	if err != nil {
		return nil, err
	}
	receipt, err := a.seal.Receipt(r, Place{Run: run, Runs: len(list), Log: entry}, a.time)
	if err != nil {
		return nil, err
	}
	list[run-1].sent = true
	b.runs[r.Invite.ID], b.known[r.Digest] = list, receipt
	b.accepted, b.entries = append(b.accepted, a), append(b.entries, entry)
	return receipt, nil
}

func (b *batch) insert() error {
	if err := b.arriveAll(); err != nil {
		return err
	}
	facets, err := b.countFacets()
	if err != nil {
		return err
	}
	var runs, reports, words [][]any
	for i, a := range b.accepted {
		salt, err := hex.DecodeString(b.entries[i].Salt)
		if err != nil {
			return err
		}
		r, id, at := a.report, b.reportID(b.entries[i].Index), a.time.UnixMilli()
		applicant := storable(r.Invite.Applicant)
		found := beginnings(r.Invite.Name, r.Signature)
		runs = append(runs, []any{b.no, r.Invite.ID, r.Session, at, id})
		reports = append(reports, []any{id, b.no, r.Digest, r.Invite.ID, r.Session, at, facets[facetOf(r)],
			applicant, cut(Fold(applicant)), strings.Join(found, "\n"), storable(r.Machine), salt, a.receipt, r.Bundle})
		for _, w := range found {
			words = append(words, []any{b.no, w, id})
		}
	}
	if err := b.addRuns(b.ctx, b.tx, runs); err != nil {
		return err
	}
	if err := b.put(b.ctx, b.tx, `INSERT INTO reports (id, tenant, digest, invite, session, received, facet, applicant, sought, found, machine, salt, receipt, bundle)`, reports, ``); err != nil {
		return err
	}
	return b.put(b.ctx, b.tx, `INSERT INTO words (tenant, word, report)`, words, ``)
}

// entryBits is how much of a report's id is its entry in the log.
const entryBits = 40

// reportID is the id of the report at an entry of the tenant's log.
func (t *Tenant) reportID(entry int64) int64 { return t.no<<entryBits | entry }

// arriveAll notes for each invite that a report came under it.
func (b *batch) arriveAll() error {
	byInvite := map[string]Invite{}
	for _, a := range b.accepted {
		byInvite[a.report.Invite.ID] = a.report.Invite
	}
	list := make([]Invite, 0, len(byInvite))
	for _, inv := range byInvite {
		list = append(list, inv)
	}
	return b.arrive(b.ctx, b.tx, list, "reported", b.accepted[0].time)
}

// countFacets counts the reports under what they are filtered by, and returns the facets' ids.
func (b *batch) countFacets() (map[Facet]int64, error) {
	counts := map[Facet]int{}
	for _, a := range b.accepted {
		counts[facetOf(a.report)]++
	}
	ids := map[Facet]int64{}
	for f, n := range counts {
		id, err := b.count(b.ctx, b.tx, f, n)
		if err != nil {
			return nil, err
		}
		ids[f] = id
	}
	return ids, nil
}
