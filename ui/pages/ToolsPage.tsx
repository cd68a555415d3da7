export const ToolsPage = () => null
