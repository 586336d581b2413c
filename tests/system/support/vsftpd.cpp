#include "system/support/vsftpd.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "system/support/loopback.hpp"

namespace attache::system_test {

Vsftpd::Vsftpd(const std::string& program, const Options& options) {
  std::filesystem::create_directories(folder_ / "root");
  std::filesystem::create_directories(folder_ / "empty");
  // Whoever it runs as for local users must reach and change the folder.
  for (const char* name : {"", "root"}) {
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::all);
  }
  for (int attempts = 5; attempts > 0; --attempts) {
    port_ = Listener(options.address.c_str()).port();
    std::string file = folder_.write("vsftpd.conf", configuration(options));
    process_.emplace(std::vector<std::string>{program, file});
    // It says nothing when it is ready.
    for (auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;) {
      if (answers(options.address)) {
        return;
      }
      if (!process_->output().empty()) {
        break;  // It has said why not: another program may have taken the port meanwhile.
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  throw std::runtime_error("vsftpd did not start:\n" + process_->output() + process_->errors());
}

void Vsftpd::write(std::string_view name, std::string_view content) const {
  static_cast<void>(folder_.write("root/" + std::string(name), content));
}

std::string Vsftpd::configuration(const Options& options) const {
  bool ipv6 = options.address.find(':') != std::string::npos;
  std::string text = fmt::format(R"(listen={}
listen_ipv6={}
listen_address{}={}
listen_port={}
background=NO
anonymous_enable=YES
anon_root={}
secure_chroot_dir={}
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
local_umask=022
allow_writeable_chroot=YES
connect_from_port_20=NO
port_promiscuous=YES
seccomp_sandbox=NO
ascii_upload_enable=YES
ascii_download_enable=YES
)",
                                 ipv6 ? "NO" : "YES", ipv6 ? "YES" : "NO", ipv6 ? "6" : "", options.address,
                                 port_, folder_ / "root", folder_ / "empty");
  if (options.local_users) {
    // The PAM service of su accepts everybody if root asks.
    text += fmt::format("local_enable=YES\npam_service_name=su\nlocal_root={}\n", folder_ / "root");
  } else {
    text += "run_as_launching_user=YES\n";
  }
  if (!options.certificate_file.empty()) {
    text += fmt::format(R"(ssl_enable=YES
implicit_ssl=YES
allow_anon_ssl=YES
force_anon_data_ssl=YES
force_anon_logins_ssl=YES
require_ssl_reuse=NO
ssl_ciphers=HIGH
rsa_cert_file={}
rsa_private_key_file={}
)",
                        options.certificate_file, options.key_file);
  }
  return text + options.more;
}

bool Vsftpd::answers(const std::string& address) const {
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket(context);
  boost::system::error_code error;
  socket.connect({boost::asio::ip::make_address(address), port_}, error);
  return !error;
}

}  // namespace attache::system_test
