export const ToolPage = () => null
