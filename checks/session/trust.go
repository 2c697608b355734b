package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/verify"
)

// remember holds a trust file against the one that this computer saw last from
// the same organisation, so that nobody puts an older or another root's in its
// place, and keeps it. The first one is taken as it comes.
func (h home) remember(ctx context.Context, c *exchange.Client, fresh verify.Trust) error {
	path := filepath.Join(h.path, "trust", envelope.Digest([]byte(fresh.Value().Tenant))[:32]+".json")
	data, err := os.ReadFile(path)
	if err == nil {
		err = follows(ctx, c, data, fresh)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	sealed, err := fresh.Sealed().Bytes()
	if err != nil {
		return err
	}
	if string(sealed) == string(data) {
		return nil
	}
	return WriteFile(path, sealed)
}

// follows says whether fresh may take the place of the file in data, across a
// change of the root key if the server has the bridge for it.
func follows(ctx context.Context, c *exchange.Client, data []byte, fresh verify.Trust) error {
	sealed, err := envelope.Parse(data)
	if err != nil {
		return nil // our own copy is damaged: as if there were none
	}
	known, err := verify.OpenTrust(sealed)
	if err != nil {
		return nil
	}
	err = known.Replace(fresh)
	if !errors.Is(err, verify.ErrRoot) {
		return err
	}
	between, away := c.Bridge(ctx)
	if away != nil {
		return err
	}
	bridge, bad := verify.OpenTrust(between)
	if bad != nil || known.Replace(bridge) != nil {
		return err
	}
	return bridge.Replace(fresh)
}
