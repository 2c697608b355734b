// Package store keeps what the recruiter's server must not lose: runs, reports
// as received with their receipts, the append-only log of reports, invites,
// decisions, and who did what. It is kept in an embedded SQLite database, or in
// PostgreSQL, which several servers may share. It judges nothing; what comes in here is
// authentic already. It seals nothing either: whoever takes a report in brings the seals.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL
	_ "modernc.org/sqlite"             // the embedded database
)

// Store is a database. Its methods may be called from any goroutine.
type Store struct {
	db   *sql.DB
	kind kind
	// writing holds one token: who writes. SQLite allows one writer at a
	// time anyway; waiting here is in order and without polling.
	writing    chan struct{}
	statements statements
}

// file is the embedded database in its folder.
const file = "linecheck.db"

// Connections at once: each of SQLite's has a cache of its own, and PostgreSQL
// allows a hundred over all servers by default.
const (
	sqliteConnections   = 8
	postgresConnections = 24
)

// writing is how the embedded database is written: what is committed is on disk, what is deleted is
// overwritten. A report fits into two of its pages, and what was written waits for 16 MB before it is moved to its place.
const writing = "_pragma=page_size(8192)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)&_pragma=wal_autocheckpoint(2000)&_txlock=immediate"

// Open opens the embedded database in a folder, makes it where there is none, and brings it up to date.
func Open(folder string) (*Store, error) {
	name := filepath.Join(folder, file)
	// It is nobody else's to read: secrets of people's one-time codes and of webhooks are in it.
	made, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := made.Close(); err != nil {
		return nil, err
	}
	s, err := openFile(name, writing)
	if err != nil {
		return nil, err
	}
	return s.upToDate(context.Background())
}

// Connect opens the PostgreSQL database at a URL, as postgres://user@host/name, and brings it up to date.
func Connect(ctx context.Context, address string) (*Store, error) {
	s, err := openPostgres(address)
	if err != nil {
		return nil, err
	}
	return s.upToDate(ctx)
}

// ConnectRead opens the PostgreSQL database at a URL as it is.
func ConnectRead(ctx context.Context, address string) (*Store, error) {
	s, err := openPostgres(address)
	if err != nil {
		return nil, err
	}
	return s.asItIs(ctx)
}

// ErrAddress: the text is no address of a PostgreSQL database.
var ErrAddress = errors.New("the database's address is not like postgres://user@host/name")

func openPostgres(address string) (*Store, error) {
	if u, err := url.Parse(address); err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, ErrAddress
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, errors.New("the database's address cannot be read") // the error would tell the password
	}
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	return newStore(db, postgres), nil
}

func newStore(db *sql.DB, k kind) *Store {
	return &Store{db: db, kind: k, writing: make(chan struct{}, 1), statements: statements{kept: map[string]*sql.Stmt{}}}
}

func (s *Store) upToDate(ctx context.Context) (*Store, error) {
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the database cannot be used: %w", err), s.Close())
	}
	return s, nil
}

// OpenRead opens the embedded database that is in a folder, or a file that is one,
// just for reading, beside a server that may be running.
func OpenRead(path string) (*Store, error) {
	at := path
	if i, err := os.Stat(path); err != nil {
		return nil, err
	} else if i.IsDir() {
		at = filepath.Join(path, file)
		if _, err := os.Stat(at); err != nil {
			return nil, err
		}
	}
	s, err := openFile(at, "mode=ro")
	if err != nil {
		return nil, err
	}
	return s.asItIs(context.Background())
}

func (s *Store) asItIs(ctx context.Context) (*Store, error) {
	if err := s.isNewest(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the database cannot be used: %w", err), s.Close())
	}
	return s, nil
}

func openFile(name, options string) (*Store, error) {
	path := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(name)}).EscapedPath()}
	db, err := sql.Open("sqlite", path.String()+"?_pragma=busy_timeout(5000)&"+options)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(sqliteConnections)
	db.SetMaxIdleConns(sqliteConnections)
	return newStore(db, sqlite), nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.PingContext(ctx) }

// turn waits until the caller may write; done gives the turn back.
func (s *Store) turn(ctx context.Context) (done func(), err error) {
	if s.kind == postgres { // writes side by side, and locks rows
		return func() {}, nil
	}
	select {
	case s.writing <- struct{}{}:
		return func() { <-s.writing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// mostTries bounds how often a transaction is run that PostgreSQL ended because it and another waited for each other.
const mostTries = 5

// write runs f in one transaction: all of it is on disk, or nothing is. Where that has to be, f is run again.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	for n := 1; ; n++ {
		if err := s.writeOnce(ctx, f); n == mostTries || !deadlock(err) {
			return err
		}
	}
}

func deadlock(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Code == "40P01" // deadlock_detected
}

func (s *Store) writeOnce(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// read runs f in a transaction that sees one state and writes nothing.
func (s *Store) read(ctx context.Context, f func(tx *sql.Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if s.kind == postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	tx, err := s.db.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(tx)
}

// Exists says whether there is an embedded database in a folder.
func Exists(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, file))
	return err == nil
}

// Remove removes the embedded database from a folder, with what belongs to it. It must be closed.
func Remove(folder string) (err error) {
	for _, end := range []string{"", "-wal", "-shm"} {
		if e := os.Remove(filepath.Join(folder, file+end)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
