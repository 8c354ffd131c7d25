using System.Reflection;
using System.Runtime.InteropServices;

namespace Espalier.Distributed;

/// <summary>The functions of MPI that are used (Message Passing Interface Forum 2021, "MPI: A Message-Passing Interface Standard, version 4.0"), with the numbers of MPICH's binary interface, which Intel MPI, MVAPICH, Cray MPICH and MS-MPI share.</summary>
internal static class MpiLibrary
{
    internal const int World = 0x44000000; // MPI_COMM_WORLD
    internal const int Bytes = 0x4c00010d; // MPI_BYTE
    internal const int ErrorsReturn = 0x54000001; // MPI_ERRORS_RETURN
    internal const int ThreadMultiple = 3; // MPI_THREAD_MULTIPLE
    internal const int Success = 0; // MPI_SUCCESS
    internal const int Longest = 1 << 30; // bytes of one message: lengths are ints

    private const string Name = "mpi";
    private const int LongestName = 512; // at least MPI_MAX_ERROR_STRING and MPI_MAX_PROCESSOR_NAME

    // MPICH and its relatives; MS-MPI. Open MPI's library is libmpi.so.40, with another interface.
    private static readonly string[] s_names = OperatingSystem.IsWindows() ? ["msmpi.dll"] : OperatingSystem.IsMacOS() ? ["libmpi.12.dylib", "libmpi.dylib"] : ["libmpich.so.12", "libmpi.so.12"];

    static MpiLibrary() => NativeLibrary.SetDllImportResolver(typeof(MpiLibrary).Assembly, Resolve);

    /// <summary>The names of the library that are tried.</summary>
    internal static IReadOnlyList<string> Names => s_names;

    /// <summary>Whether the library is installed.</summary>
    internal static bool IsInstalled
    {
        get
        {
            nint handle = Load();
            return handle != 0;
        }
    }

    [DllImport(Name, EntryPoint = "MPI_Initialized", ExactSpelling = true)]
    internal static extern int Initialized(out int flag);

    [DllImport(Name, EntryPoint = "MPI_Init_thread", ExactSpelling = true)]
    internal static extern int InitThread(nint argumentCount, nint arguments, int required, out int provided);

    [DllImport(Name, EntryPoint = "MPI_Finalize", ExactSpelling = true)]
    internal static extern int Finalize();

    [DllImport(Name, EntryPoint = "MPI_Abort", ExactSpelling = true)]
    internal static extern int Abort(int communicator, int code);

    [DllImport(Name, EntryPoint = "MPI_Comm_rank", ExactSpelling = true)]
    internal static extern int Rank(int communicator, out int rank);

    [DllImport(Name, EntryPoint = "MPI_Comm_size", ExactSpelling = true)]
    internal static extern int Size(int communicator, out int size);

    [DllImport(Name, EntryPoint = "MPI_Comm_dup", ExactSpelling = true)]
    internal static extern int Duplicate(int communicator, out int duplicate);

    [DllImport(Name, EntryPoint = "MPI_Comm_free", ExactSpelling = true)]
    internal static extern int Free(ref int communicator);

    [DllImport(Name, EntryPoint = "MPI_Comm_set_errhandler", ExactSpelling = true)]
    internal static extern int SetErrorHandler(int communicator, int handler);

    [DllImport(Name, EntryPoint = "MPI_Sendrecv", ExactSpelling = true)]
    internal static extern int SendReceive(
        ref byte send, int sendCount, int sendType, int to, int sendTag, ref byte receive, int receiveCount, int receiveType, int from, int receiveTag, int communicator, nint status);

    [DllImport(Name, EntryPoint = "MPI_Allgather", ExactSpelling = true)]
    internal static extern int AllGather(ref byte send, int sendCount, int sendType, ref byte receive, int receiveCount, int receiveType, int communicator);

    [DllImport(Name, EntryPoint = "MPI_Bcast", ExactSpelling = true)]
    internal static extern int Broadcast(ref byte data, int count, int type, int root, int communicator);

    /// <summary>The text of an error code.</summary>
    internal static string TextOf(int error)
    {
        byte[] text = new byte[LongestName];
        return ErrorString(error, ref text[0], out int length) == Success ? System.Text.Encoding.UTF8.GetString(text, 0, length) : $"error {error}";
    }

    /// <summary>The name of this machine.</summary>
    internal static string ProcessorName()
    {
        byte[] name = new byte[LongestName];
        return ProcessorName(ref name[0], out int length) == Success ? System.Text.Encoding.UTF8.GetString(name, 0, length) : Environment.MachineName;
    }

    [DllImport(Name, EntryPoint = "MPI_Error_string", ExactSpelling = true)]
    private static extern int ErrorString(int error, ref byte text, out int length);

    [DllImport(Name, EntryPoint = "MPI_Get_processor_name", ExactSpelling = true)]
    private static extern int ProcessorName(ref byte name, out int length);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? Load() : 0;

    private static nint Load()
    {
        foreach (string name in s_names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
