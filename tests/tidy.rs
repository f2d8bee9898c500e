use makespan as _;
