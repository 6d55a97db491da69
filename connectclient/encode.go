package connectclient

import (
	"reflect"
	"strconv"
	"strings"

	"rollcall/connectapi"
)

// encode puts each member of an input where the operation has it: into the path,
// the query or the body. A member that is zero is not there.
func encode(o *connectapi.Operation, in any) (Request, error) {
	req := Request{Operation: o.Name, Method: o.Method, Path: o.Path}
	s, v := o.Input(), reflect.ValueOf(in).Elem()
	var query []string
	if s.HasBody() {
		req.Body = []byte{'{'}
	}
	for i := range s.Members {
		m, member := &s.Members[i], v.Field(s.Members[i].Index)
		switch {
		case m.Place == connectapi.InPath:
			req.Path = strings.Replace(req.Path, "{"+m.Name+"}", Escape(member.String()), 1)
		case member.IsZero():
		case m.Place == connectapi.InQuery:
			for _, value := range texts(member) {
				query = append(query, m.Query+"="+Escape(value))
			}
		default:
			value, err := connectapi.Marshal(member.Interface())
			if err != nil {
				return req, err
			}
			if len(req.Body) > 1 {
				req.Body = append(req.Body, ',')
			}
			req.Body = append(append(strconv.AppendQuote(req.Body, m.Name), ':'), value...)
		}
	}
	req.Query = strings.Join(query, "&")
	if req.Body != nil {
		req.Body = append(req.Body, '}')
	}
	return req, nil
}

// texts are a member's values as a query has them.
func texts(v reflect.Value) []string {
	switch v.Kind() { //nolint:exhaustive // queries have no others
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			all = append(all, texts(v.Index(i))...)
		}
		return all
	case reflect.Int32:
		return []string{strconv.FormatInt(v.Int(), 10)}
	default:
		return []string{v.String()}
	}
}
