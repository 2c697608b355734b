// Package bus asks services of the system for properties, over the system's
// D-Bus. It is for Linux; what an answer means is the askers' matter, and
// nothing is changed or started through it.
package bus

import (
	"context"
	"errors"

	"github.com/godbus/dbus/v5"
)

// ErrNone: the system has no bus, or no such service on it.
var ErrNone = errors.New("no service tells")

// Property is the value of a property of a service's object. The service is not
// started for it. The error is [ErrNone], or that of ctx.
func Property(ctx context.Context, service, object, owner, property string) (any, error) {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, ErrNone
	}
	defer conn.Close()
	var v dbus.Variant
	call := conn.Object(service, dbus.ObjectPath(object)).
		CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, owner, property)
	if err := call.Store(&v); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, ErrNone
	}
	return v.Value(), nil
}
