#include "net/errno.hpp"

#include <cerrno>

#include "vocabulary/numbers.hpp"

namespace attache::net {

std::string_view name(Errno code) {
  std::string_view known = vocabulary::name_of(vocabulary::Numbering::error_number, number(code));
  return known.empty() ? "unknown" : known;
}

Errno from_system(int system_errno) {
  switch (system_errno) {
    case EPERM:
      return Errno::not_permitted;
    case ENOENT:
      return Errno::no_entry;
    case EBADF:
      return Errno::bad_descriptor;
    case EAGAIN:
      return Errno::try_again;
    case ENOMEM:
      return Errno::no_memory;
    case EACCES:
      return Errno::access;
    case EBUSY:
      return Errno::busy;
    case EINVAL:
      return Errno::invalid;
    case EMFILE:
    case ENFILE:
      return Errno::too_many_files;
    case EOPNOTSUPP:
      return Errno::not_supported_operation;
    case ECONNRESET:
    case EPIPE:
      return Errno::connection_reset;
    case ENOBUFS:
      return Errno::no_buffers;
    case EAFNOSUPPORT:
      return Errno::address_family;
    case EPROTOTYPE:
      return Errno::prototype;
    case ENOPROTOOPT:
      return Errno::protocol_option;
    case ESHUTDOWN:
      return Errno::shut_down;
    case ECONNREFUSED:
      return Errno::connection_refused;
    case EADDRINUSE:
      return Errno::address_in_use;
    case ECONNABORTED:
      return Errno::connection_aborted;
    case ENETUNREACH:
      return Errno::network_unreachable;
    case ENETDOWN:
      return Errno::network_down;
    case ETIMEDOUT:
      return Errno::timed_out;
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return Errno::host_unreachable;
    case EMSGSIZE:
      return Errno::message_size;
    case EADDRNOTAVAIL:
      return Errno::address_not_available;
    case EALREADY:
      return Errno::already_running;
    case EISCONN:
      return Errno::already_connected;
    case ENOTCONN:
      return Errno::not_connected;
    case ECANCELED:
      return Errno::cancelled;
    default:
      return Errno::io;
  }
}

}  // namespace attache::net
