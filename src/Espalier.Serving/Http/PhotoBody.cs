using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Espalier.Serving;

/// <summary>The photo of a request.</summary>
internal static class PhotoBody
{
    private const string Field = "image";
    private const string Form = "multipart/form-data";
    private const int LongestBoundary = 70; // RFC 2046

    /// <summary>Reads the photo of a request: its body, or the field <c>image</c> of a form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="most">The most bytes there may be.</param>
    /// <param name="cancellation">Cancelled when the client goes away or is late.</param>
    /// <exception cref="ServingException">There are more, or the form has not one photo.</exception>
    internal static async Task<RequestBody> ReadAsync(HttpRequest request, long most, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) || !type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase))
        {
            return await RequestBody.ReadAsync(request.Body, most, cancellation).ConfigureAwait(false);
        }

        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw ServingException.Invalid($"the form has a boundary of {boundary.Length} characters; expected 1 to {LongestBoundary}");
        }

        RequestBody? photo = null;
        try
        {
            photo = await FieldAsync(new MultipartReader(boundary, request.Body), most, cancellation).ConfigureAwait(false);
            return photo ?? throw ServingException.Invalid($"the form has no field '{Field}'; expected the photo in it");
        }
        catch (Exception error) when (error is InvalidDataException or IOException && !request.HttpContext.RequestAborted.IsCancellationRequested && error is not BadHttpRequestException)
        {
            throw ServingException.Invalid("the form cannot be read: it is damaged or ends too early");
        }
    }

    /// <summary>The photo of a form; other fields are skipped.</summary>
    private static async Task<RequestBody?> FieldAsync(MultipartReader form, long most, CancellationToken cancellation)
    {
        RequestBody? photo = null;
        try
        {
            while (await form.ReadNextSectionAsync(cancellation).ConfigureAwait(false) is { } section)
            {
                if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) && HeaderUtilities.RemoveQuotes(disposition.Name).Equals(Field, StringComparison.Ordinal))
                {
                    photo = photo is null
                        ? await RequestBody.ReadAsync(section.Body, most, cancellation).ConfigureAwait(false)
                        : throw ServingException.Invalid($"the form has several fields '{Field}'; expected one photo");
                }
            }

            return photo;
        }
        catch
        {
            photo?.Dispose();
            throw;
        }
    }
}
