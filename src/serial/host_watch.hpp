#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "serial/file_descriptor.hpp"

namespace attache::serial {

namespace asio = boost::asio;

/// Sees by inotify how hosts open and close a PTY's slave, which this process holds open itself.
///
/// inotify tells two openings that nobody has read in between as one. So closings are checked against the
/// open files of all processes that this one may look at, and the count is put right.
class HostWatch : public std::enable_shared_from_this<HostWatch> {
 public:
  /// `slave` is our own descriptor of the slave at `path`. `changed` is called from the loop or from look()
  /// when the first host has come (true) or the last one has gone (false); not after stop().
  static base::Result<std::shared_ptr<HostWatch>> start(asio::io_context& context, const std::string& address,
                                                        const std::string& path, int slave,
                                                        std::function<void(bool present)> changed);

  /// Takes notice at once of what has happened up to now.
  void look();
  void stop();

 private:
  HostWatch(asio::io_context& context, FileDescriptor inotify, std::string path, int slave,
            std::function<void(bool)> changed);
  void wait();
  [[nodiscard]] bool is_held_by_others() const;

  asio::posix::stream_descriptor inotify_;
  std::string path_;
  int slave_;
  std::function<void(bool)> changed_;
  std::size_t hosts_ = 0;
};

}  // namespace attache::serial
