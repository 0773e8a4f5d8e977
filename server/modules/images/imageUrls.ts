export const imageUrl = (imageId: string) => `/files/images/${imageId}`;
export const thumbnailUrl = (imageId: string) => `/files/thumbnails/${imageId}`;
export const uploadUrl = (ticketId: string) => `/files/uploads/${ticketId}`;
