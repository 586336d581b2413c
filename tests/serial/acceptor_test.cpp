#include "serial/acceptor.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

#include "base/posix/stream_socket.hpp"
#include "loop_test.hpp"
#include "system/support/process.hpp"

namespace attache::serial {
namespace {

using testing::ElementsAre;

class AcceptorTest : public LoopTest {
 protected:
  AcceptorTest() {
    auto where = base::unix_address("test", path_);
    base::FileDescriptor listener;
    EXPECT_EQ(base::listen_on(*where, 8, listener), 0);
    acceptor = Acceptor::start(
        context, std::move(listener),
        [this](base::FileDescriptor client) { clients.push_back(std::move(client)); },
        [this](int error) { troubles.push_back(error); });
  }
  ~AcceptorTest() override { acceptor->close(); }

  base::FileDescriptor connect_client() {
    auto where = base::unix_address("test", path_);
    base::FileDescriptor client = base::make_stream_socket(AF_UNIX);
    EXPECT_EQ(::connect(client.get(), where->get(), where->size), 0);
    return client;
  }

  std::vector<base::FileDescriptor> clients;
  std::vector<int> troubles;
  std::shared_ptr<Acceptor> acceptor;

 private:
  std::string path_ = folder.file("socket");
};

/// No further descriptor for this process while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    base::FileDescriptor lowest_free(::dup(0));
    none.rlim_cur = static_cast<rlim_t>(lowest_free.get());
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(AcceptorTest, TakesClientsAgainAfterTheSystemHadNoDescriptors) {
  if (!system_test::can_lack_descriptors) {
    GTEST_SKIP() << "the sanitizers need descriptors themselves";
  }
  base::FileDescriptor first = connect_client();
  base::FileDescriptor second = connect_client();
  {
    NoDescriptors none;
    run_until([&] { return !troubles.empty(); });
    settle();
    acceptor->accept_waiting();
    EXPECT_TRUE(clients.empty());
  }
  run_until([&] { return clients.size() == 2; });
  EXPECT_THAT(troubles, ElementsAre(EMFILE));
  base::FileDescriptor third = connect_client();
  run_until([&] { return clients.size() == 3; });
}

TEST_F(AcceptorTest, LeavesClientsInTheQueueWhilePaused) {
  acceptor->pause();
  base::FileDescriptor client = connect_client();
  settle();
  settle();
  EXPECT_TRUE(clients.empty());
  acceptor->resume();
  run_until([&] { return clients.size() == 1; });
}

TEST_F(AcceptorTest, TakesNobodyAfterItsEnd) {
  base::FileDescriptor client = connect_client();
  acceptor->close();
  settle();
  acceptor->accept_waiting();
  EXPECT_TRUE(clients.empty());
}

}  // namespace
}  // namespace attache::serial
