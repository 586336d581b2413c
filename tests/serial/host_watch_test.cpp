#include "serial/host_watch.hpp"

#include "loop_test.hpp"

namespace attache::serial {
namespace {

using HostWatchTest = LoopTest;

TEST_F(HostWatchTest, MayBeStoppedByWhomItTells) {
  std::string path = folder.file("slave");
  std::ofstream(path).close();
  base::FileDescriptor slave = base::open_file(path, O_RDWR);
  struct {
    std::shared_ptr<HostWatch> watch;
    std::weak_ptr<int> owned;
    int calls = 0;
    bool lived_on = false;
  } seen;
  auto owned = std::make_shared<int>();
  seen.owned = owned;
  auto changed = [owned = std::move(owned), &seen](HostChange) {
    auto& kept = seen;  // What is captured may be gone after the stop.
    ++kept.calls;
    kept.watch->stop();
    kept.lived_on = !kept.owned.expired();
  };
  seen.watch = *HostWatch::start(context, "pty:slave", path, slave.get(), std::move(changed));
  base::FileDescriptor host = open_host(path);
  run_until([&] { return seen.calls > 0; });
  EXPECT_TRUE(seen.lived_on);
  host.reset();
  settle();
  seen.watch->look();
  EXPECT_EQ(seen.calls, 1);
  seen.watch.reset();
  EXPECT_TRUE(seen.owned.expired());
}

}  // namespace
}  // namespace attache::serial
