import sys,time,resource
from mutants.matrix import *
from mutants.matrix import GENERATED
def main():
    c=sys.argv[1]; ex=sys.argv[2]; 
    ms=[m for m in mutants_of(c) if GENERATED.search(m.caught_by)]
    tasks=[Task(c,m.name,(*only(c,m.caught_by),f"--fuzz-examples={ex}"),SOON) for m in ms]
    t=time.time()
    for m,tr in zip(ms,make_trials(tasks,2)):
        for s in survival(m,tr): print(s,flush=True)
    print(c,ex,len(ms),"wall",time.time()-t)
main()
