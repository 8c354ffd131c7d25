using System.Globalization;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>What processes that share work have in common: settings and errors.</summary>
internal static class ProcessAgreement
{
    // A type of each library whose code decides about bits.
    private static readonly Type[] s_parts = [typeof(ProcessAgreement), typeof(InstructionSet), typeof(Graph), typeof(TrainingPlan), typeof(Tensor), typeof(Espalier.Data.DataLoader)];

    /// <summary>Bytes of the process of rank 0, in all processes.</summary>
    internal static byte[] FromFirst(this IProcessGroup processes, Func<byte[]> make)
    {
        byte[] data = [];
        processes.OnFirst(() => data = make());
        long length = processes.Gather([(long)data.Length])[0];
        data = processes.Rank == 0 ? data : new byte[length];
        processes.Broadcast(data, 0);
        return data;
    }

    /// <summary>Does something in the process of rank 0. If it fails there, it fails in all processes.</summary>
    /// <exception cref="EspalierException">It failed; the message is that of the first process.</exception>
    internal static void OnFirst(this IProcessGroup? processes, Action action)
    {
        if (processes is null)
        {
            action();
            return;
        }

        Exception? failure = null;
        if (processes.Rank == 0)
        {
            try
            {
                action();
            }
#pragma warning disable CA1031 // it is rethrown once the other processes know
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = error;
            }
        }

        string told = processes.Texts(failure is null ? "" : $"!{failure.Message}")[0]; // a message may be empty
        if (failure is not null)
        {
            throw failure is OperationCanceledException ? failure : new SharedFailureException(failure.Message, failure);
        }

        if (told.Length > 0)
        {
            throw new SharedFailureException(told[1..]);
        }
    }

    /// <summary>Checks that all processes have the same program, vector instructions and settings.</summary>
    /// <exception cref="EspalierException">One differs from the first; all processes get the same message.</exception>
    internal static void RequireSame(this IProcessGroup processes, IEnumerable<LineageSetting> settings)
    {
        LineageSetting[] own =
        [
            new("version", string.Join(' ', s_parts.Select(type => type.Module.ModuleVersionId))),
            new("vector instructions", InstructionSet.Best.ToString()),
            .. settings,
        ];
        string[] hosts = processes.Texts(processes.Host);
        string[][] all = [.. processes.Texts(string.Join('\u001e', own.Select(setting => $"{setting.Name}\u001f{setting.Value}"))).Select(text => text.Split('\u001e'))];
        for (int rank = 1; rank < all.Length; rank++)
        {
            if (all[rank].Except(all[0]).FirstOrDefault() is { } other)
            {
                string name = other.Split('\u001f')[0];
                string? first = all[0].FirstOrDefault(setting => setting.Split('\u001f')[0] == name)?.Split('\u001f')[1];
                throw new SharedFailureException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"process {rank} on {hosts[rank]} has {name} '{other.Split('\u001f')[1]}', process 0 on {hosts[0]} has {(first is null ? "none" : $"'{first}'")}: all processes need the same"));
            }

            if (all[0].Except(all[rank]).FirstOrDefault() is { } missing)
            {
                throw new SharedFailureException($"process {rank} on {hosts[rank]} has no {missing.Split('\u001f')[0]}, process 0 on {hosts[0]} has '{missing.Split('\u001f')[1]}': all processes need the same");
            }
        }
    }
}
