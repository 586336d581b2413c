#include "net/errno.hpp"

#include <cerrno>

namespace attache::net {

std::string_view name(Errno code) {
  switch (code) {
    case Errno::not_permitted:
      return "EPERM";
    case Errno::no_entry:
      return "ENOENT";
    case Errno::io:
      return "EIO";
    case Errno::bad_descriptor:
      return "EBADF";
    case Errno::try_again:
      return "EAGAIN";
    case Errno::no_memory:
      return "ENOMEM";
    case Errno::access:
      return "EACCES";
    case Errno::busy:
      return "EBUSY";
    case Errno::invalid:
      return "EINVAL";
    case Errno::too_many_files:
      return "EMFILE";
    case Errno::not_supported_operation:
      return "EOPNOTSUPP";
    case Errno::connection_reset:
      return "ECONNRESET";
    case Errno::no_buffers:
      return "ENOBUFS";
    case Errno::address_family:
      return "EAFNOSUPPORT";
    case Errno::prototype:
      return "EPROTOTYPE";
    case Errno::protocol_option:
      return "ENOPROTOOPT";
    case Errno::shut_down:
      return "ESHUTDOWN";
    case Errno::connection_refused:
      return "ECONNREFUSED";
    case Errno::address_in_use:
      return "EADDRINUSE";
    case Errno::connection_aborted:
      return "ECONNABORTED";
    case Errno::network_unreachable:
      return "ENETUNREACH";
    case Errno::network_down:
      return "ENETDOWN";
    case Errno::timed_out:
      return "ETIMEDOUT";
    case Errno::host_unreachable:
      return "EHOSTUNREACH";
    case Errno::message_size:
      return "EMSGSIZE";
    case Errno::address_not_available:
      return "EADDRNOTAVAIL";
    case Errno::already_running:
      return "EALREADY";
    case Errno::already_connected:
      return "EISCONN";
    case Errno::not_connected:
      return "ENOTCONN";
    case Errno::cancelled:
      return "ECANCELED";
  }
  return "unknown";
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
