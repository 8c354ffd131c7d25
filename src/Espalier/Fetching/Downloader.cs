using System.Net;
using System.Net.Http.Headers;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Downloads a file over HTTP. Received bytes are kept beside the target as <c>.part</c>, from which an interrupted download is resumed.</summary>
/// <param name="client">The HTTP client.</param>
internal sealed class Downloader(HttpClient client)
{
    private const int Attempts = 5; // attempts after the first are made only if the previous one received bytes
    private const long Largest = 8L << 30; // ten times the size of the largest published file

    /// <summary>The time between two attempts.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The timeout for receiving the next bytes.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Receives the number of bytes downloaded so far.</summary>
    internal IProgress<FetchProgress>? Progress { get; init; }

    /// <summary>Called with messages: the address of the download, and interruptions of the connection.</summary>
    internal Action<string>? Note { get; init; }

    /// <summary>Downloads a file and checks its digest. The target is created only when it is complete and correct. The part is locked until then.</summary>
    /// <exception cref="EspalierException">The server cannot be reached or refuses, the connection broke too often, another process downloads the file, or the digest is not the published one.</exception>
    internal async Task Run(PublishedFile file, string target, CancellationToken cancellation)
    {
        using FileStream output = OpenAlone(target + ".part");
        if (File.Exists(target))
        {
            Delete(output); // another process has completed it since the caller looked
            return;
        }

        Note?.Invoke($"getting {file.Address}");
        for (int attempt = 1; !await TryReceive(file, output, attempt == Attempts, cancellation).ConfigureAwait(false); attempt++)
        {
            Note?.Invoke($"the connection broke; resuming at byte {output.Length}");
            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }

        string digest = file.Digest.Compute(output, cancellation);
        if (!file.Digest.Matches(digest))
        {
            Delete(output);
            throw new EspalierException($"{file.Address} is not the published file: its {file.Digest.Algorithm} is {digest}, expected {file.Digest.Start}…; it was removed");
        }

        CloseOnWindows(output);
        Write(target, () => File.Move(output.Name, target, overwrite: true));
    }

    /// <summary>Receives the missing bytes; returns false if the connection was interrupted after some were received.</summary>
    private async Task<bool> TryReceive(PublishedFile file, FileStream output, bool last, CancellationToken cancellation)
    {
        long before = output.Length;
        try
        {
            await Receive(file, output, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (IsNetwork(error, cancellation))
        {
            if (!last && output.Length > before)
            {
                return false;
            }

            string kept = output.Length > 0 ? $"; {output.Length} bytes are kept, and the next attempt resumes from there" : "";
            throw new EspalierException($"cannot get {file.Address}: {Reason(error)}{kept}", error);
        }
    }

    private async Task Receive(PublishedFile file, FileStream output, CancellationToken cancellation)
    {
        using HttpResponseMessage? response = await Ask(file, output, cancellation).ConfigureAwait(false);
        if (response is null)
        {
            return;
        }

        bool resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == output.Length;
        output.SetLength(resumed ? output.Length : 0); // a server that cannot resume sends the whole file
        output.Seek(0, SeekOrigin.End);
        long? total = response.Content.Headers.ContentLength + output.Length;
        if (total > Largest)
        {
            throw new EspalierException($"{file.Address} has {total} bytes; expected at most {Largest}");
        }

        using Stream input = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await Copy(input, output, file.FileName, total, cancellation).ConfigureAwait(false);
        Write(output.Name, () => output.Flush(flushToDisk: true));
        if (output.Length < total)
        {
            throw new IOException($"the connection ended at byte {output.Length} of {total}");
        }
    }

    /// <summary>Asks for the missing bytes; returns <see langword="null"/> if none are missing.</summary>
    private async Task<HttpResponseMessage?> Ask(PublishedFile file, FileStream output, CancellationToken cancellation)
    {
        HttpResponseMessage response = await Send(file, output.Length, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            response.Dispose(); // the part is at least as long as the file
            if (file.Digest.Matches(file.Digest.Compute(output, cancellation)))
            {
                return null; // of a process that was killed before it renamed the part
            }

            output.SetLength(0);
            response = await Send(file, 0, cancellation).ConfigureAwait(false);
        }

        if (!response.IsSuccessStatusCode)
        {
            int status = (int)response.StatusCode;
            response.Dispose();
            throw new EspalierException($"cannot get {file.Address}: the server answered {status}");
        }

        return response;
    }

    private async Task<HttpResponseMessage> Send(PublishedFile file, long start, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Address);
        request.Headers.Range = start > 0 ? new RangeHeaderValue(start, null) : null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
    }

    private async Task Copy(Stream input, FileStream output, string name, long? total, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 16];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (true)
        {
            patience.CancelAfter(Patience);
            int read = await input.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            Write(output.Name, () => output.Write(buffer, 0, read));
            Progress?.Report(new FetchProgress(name, output.Length, total));
            if (output.Length > Largest)
            {
                throw new EspalierException($"the download has more than {Largest} bytes, the maximum size of a published file");
            }
        }
    }

    /// <summary>Opens the part, locked until the stream is closed or the process ends.</summary>
    private static FileStream OpenAlone(string part)
    {
        while (true)
        {
            FileStream output = Open(part);
            if (File.Exists(part))
            {
                return output;
            }

            output.Dispose(); // another process has renamed or deleted it between its opening and its lock
        }
    }

    private static FileStream Open(string part)
    {
        try
        {
            return new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (FileErrors.IsLocked(error))
        {
            throw new EspalierException($"another process is downloading {part}; wait until it has ended", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot write {part}: {error.Message}", error);
        }
    }

    private static void Delete(FileStream output)
    {
        CloseOnWindows(output);
        File.Delete(output.Name);
    }

    /// <summary>Closes a file that is to be renamed or deleted where that is impossible while it is open. Elsewhere it stays locked meanwhile.</summary>
    private static void CloseOnWindows(FileStream output)
    {
        if (OperatingSystem.IsWindows())
        {
            output.Dispose();
        }
    }

    private static void Write(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot write {path}: {error.Message}; received bytes are kept, and the next attempt resumes from there", error);
        }
    }

    /// <summary>Whether an error is one of the connection, including a timeout.</summary>
    private static bool IsNetwork(Exception error, CancellationToken cancellation) =>
        error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested);

    private string Reason(Exception error) => error is OperationCanceledException
        ? FormattableString.Invariant($"no bytes were received for {Patience.TotalSeconds:0} s")
        : error.Message;
}
