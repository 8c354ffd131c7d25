namespace Espalier.Tensors;

/// <summary>The processes of one run, usually on several machines, and how they exchange numbers. All calls are made by all processes, in the same order.</summary>
/// <remarks>A group is used by one thread at a time; <see cref="Duplicate"/> makes another one for a second thread.</remarks>
public interface IProcessGroup : IDisposable
{
    /// <summary>The index of this process, from 0. The process of rank 0 writes files and messages.</summary>
    int Rank { get; }

    /// <summary>The number of processes.</summary>
    int Count { get; }

    /// <summary>A name for the machine of this process, for messages.</summary>
    string Host { get; }

    /// <summary>Sends bytes to a process and receives bytes from one, at the same time.</summary>
    /// <param name="to">The rank to send to.</param>
    /// <param name="send">What is sent.</param>
    /// <param name="from">The rank to receive from.</param>
    /// <param name="receive">What is received, of the length that the other process sends.</param>
    /// <exception cref="EspalierException">A process has ended, or the exchange failed.</exception>
    void Exchange(int to, ReadOnlySpan<byte> send, int from, Span<byte> receive);

    /// <summary>Gathers the bytes of all processes, as many of each, in the order of their ranks.</summary>
    /// <param name="own">The bytes of this process.</param>
    /// <param name="all">Receives <see cref="Count"/> times as many bytes.</param>
    /// <exception cref="EspalierException">A process has ended, or the exchange failed.</exception>
    void Gather(ReadOnlySpan<byte> own, Span<byte> all);

    /// <summary>Replaces the bytes of all processes by those of one.</summary>
    /// <param name="data">The bytes, of the same length in all processes.</param>
    /// <param name="root">The rank of the process whose bytes are kept.</param>
    /// <exception cref="EspalierException">A process has ended, or the exchange failed.</exception>
    void Broadcast(Span<byte> data, int root);

    /// <summary>A group of the same processes whose exchanges are independent of this one's, for another thread.</summary>
    IProcessGroup Duplicate();
}
