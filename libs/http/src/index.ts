export { HttpModule } from './http.module.js';
export { configureHttp, createHttpAdapter } from './configure-http.js';
export { Registries, type HttpDependencies, type HttpLogger } from './dependencies.js';
export { BootstrapToken } from './access/bootstrap-token.js';
export { followRegistries } from './access/follow-registries.js';
export { listRoutes, type ListedRoute } from './access/list-routes.js';
export { PeopleDirectory, type KnownPerson } from './access/people-directory.js';
export type { PageFolder } from './pages/pages.js';
export { ViewProgress, ViewRebuilds, type ViewChange } from './views/view-progress.js';
