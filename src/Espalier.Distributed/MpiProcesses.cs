using System.Globalization;
using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Distributed;

/// <summary>The processes that <c>mpiexec</c> has started, as a group for training (<c>DataParallel</c>), classification, quantization and sensitivity.</summary>
/// <remarks>
/// MPI itself is not part of this package: it is the one that is installed, of those that share MPICH's binary interface (Debian's package <c>mpich</c>, Intel MPI, MVAPICH, Cray MPICH, and on Windows MS-MPI).
/// Open MPI has another interface and is refused by name.
/// </remarks>
public sealed class MpiProcesses : IProcessGroup
{
    private const int Tag = 1;

    private readonly bool _isWorld;
    private int _communicator;

    private MpiProcesses(int communicator, bool isWorld)
    {
        (_communicator, _isWorld) = (communicator, isWorld);
        Require(MpiLibrary.SetErrorHandler(communicator, MpiLibrary.ErrorsReturn));
        Require(MpiLibrary.Rank(communicator, out int rank));
        Require(MpiLibrary.Size(communicator, out int count));
        (Rank, Count, Host) = (rank, count, MpiLibrary.ProcessorName());
    }

    /// <summary>Whether this process was started by <c>mpiexec</c>, as one of several or alone; judged by the variables that it sets.</summary>
    public static bool IsStarted => Variable("PMI_RANK") || Variable("PMIX_RANK") || Variable("OMPI_COMM_WORLD_RANK");

    /// <summary>The rank of this process and the number of those that <c>mpiexec</c> has started, known before they join; (0, 1) where the process manager does not tell.</summary>
    internal static (int Rank, int Count) Started
    {
        get
        {
            int rank = Number("PMI_RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK") ?? 0;
            return (rank, Number("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_NTASKS") ?? rank + 1);
        }
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public string Host { get; }

    /// <summary>Joins the processes that <c>mpiexec</c> has started. Disposing the group waits for all of them and ends the use of MPI.</summary>
    /// <exception cref="EspalierException">MPI is not installed, or is Open MPI, or allows only one thread.</exception>
    /// <exception cref="InvalidOperationException">The process has joined already.</exception>
    public static MpiProcesses Join()
    {
        if (Variable("OMPI_COMM_WORLD_RANK"))
        {
            throw new EspalierException("this process was started by Open MPI, whose binary interface is another one; start it with the mpiexec of MPICH, Intel MPI, MVAPICH or Cray MPICH");
        }

        if (!MpiLibrary.IsInstalled)
        {
            throw new EspalierException($"there is no MPI library ({string.Join(", ", MpiLibrary.Names)}); install MPICH (Debian: mpich), Intel MPI or another one of MPICH's binary interface");
        }

        Require(MpiLibrary.Initialized(out int isInitialized));
        if (isInitialized != 0)
        {
            throw new InvalidOperationException("This process uses MPI already; it can join once.");
        }

        Require(MpiLibrary.InitThread(0, 0, MpiLibrary.ThreadMultiple, out int provided));
        if (provided < MpiLibrary.ThreadMultiple)
        {
            _ = MpiLibrary.Finalize();
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"this MPI library allows thread level {provided}; gradients are exchanged by a thread of their own, which needs MPI_THREAD_MULTIPLE ({MpiLibrary.ThreadMultiple})"));
        }

        return new MpiProcesses(MpiLibrary.World, isWorld: true);
    }

    /// <summary>Ends all processes at once, because this one cannot go on.</summary>
    /// <param name="code">The exit code.</param>
    public static void Abort(int code) => _ = MpiLibrary.Abort(MpiLibrary.World, code);

    /// <inheritdoc/>
    public void Exchange(int to, ReadOnlySpan<byte> send, int from, Span<byte> receive)
    {
        long at = 0;
        do
        {
            ReadOnlySpan<byte> own = Piece(send, at);
            Span<byte> other = receive[(int)Math.Min(at, receive.Length)..(int)Math.Min(receive.Length, at + MpiLibrary.Longest)];
            Require(MpiLibrary.SendReceive(
                ref MemoryMarshal.GetReference(own), own.Length, MpiLibrary.Bytes, to, Tag,
                ref MemoryMarshal.GetReference(other), other.Length, MpiLibrary.Bytes, from, Tag, _communicator, StatusIgnore));
            at += MpiLibrary.Longest;
        }
        while (at < Math.Max(send.Length, receive.Length));
    }

    /// <inheritdoc/>
    public void Gather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        if (all.Length != (long)own.Length * Count)
        {
            throw new ArgumentException($"{all.Length} bytes are gathered of {Count} times {own.Length}.", nameof(all));
        }

        Require(MpiLibrary.AllGather(
            ref MemoryMarshal.GetReference(own), own.Length, MpiLibrary.Bytes, ref MemoryMarshal.GetReference(all), own.Length, MpiLibrary.Bytes, _communicator));
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> data, int root)
    {
        for (int at = 0; at < data.Length; at += Math.Min(MpiLibrary.Longest, data.Length - at))
        {
            Span<byte> piece = data.Slice(at, Math.Min(MpiLibrary.Longest, data.Length - at));
            Require(MpiLibrary.Broadcast(ref MemoryMarshal.GetReference(piece), piece.Length, MpiLibrary.Bytes, root, _communicator));
        }
    }

    /// <inheritdoc/>
    public IProcessGroup Duplicate()
    {
        Require(MpiLibrary.Duplicate(_communicator, out int duplicate));
        return new MpiProcesses(duplicate, isWorld: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isWorld)
        {
            _ = MpiLibrary.Finalize();
        }
        else if (_communicator != 0)
        {
            _ = MpiLibrary.Free(ref _communicator);
            _communicator = 0;
        }
    }

    private static nint StatusIgnore => 1; // MPI_STATUS_IGNORE

    private static ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> bytes, long at) => bytes[(int)Math.Min(at, bytes.Length)..(int)Math.Min(bytes.Length, at + MpiLibrary.Longest)];

    private static bool Variable(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));

    private static int? Number(params string[] names) =>
        names.Select(Environment.GetEnvironmentVariable).Where(text => !string.IsNullOrEmpty(text)).Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : (int?)null).FirstOrDefault();

    private static void Require(int error)
    {
        if (error != MpiLibrary.Success)
        {
            throw new EspalierException($"MPI: {MpiLibrary.TextOf(error)}");
        }
    }
}
